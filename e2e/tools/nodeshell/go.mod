module sluice.dev/e2e/tools/nodeshell

go 1.26.0
