"""The parts of Inspect, one module a look: each shows one way to ask why a run errs."""
