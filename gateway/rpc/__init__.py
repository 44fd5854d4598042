"""The gateway's gRPC edge: one file per service, each translating between messages and the domain."""
