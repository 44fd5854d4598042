"""The wire: what every gRPC server and channel of ours has in common.

Options, TLS, sockets, who the caller is, who may call what, and how an error becomes a status.
"""
