package dev.sluice.e2e.cluster;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** The test pulls plugs or cables; elsewhere than in the lab it is skipped and the reason printed. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsLabCondition.class)
public @interface NeedsLab {
    /** What only the lab can do. */
    String value();
}
