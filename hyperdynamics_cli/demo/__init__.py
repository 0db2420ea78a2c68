"""The demo: starts the node graph, sends goals, tells what happens, leaves pictures and figures."""
