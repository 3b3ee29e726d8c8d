"""The shared language of log and desk: what is said over the wire, and nothing that does I/O."""
