/** The mutating webhook as the API server sees it: HTTPS, reviews, and a certificate that is made and renewed here. */
@NullMarked
package dev.sluice.controller.webhook;

import org.jspecify.annotations.NullMarked;
