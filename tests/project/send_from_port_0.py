"""Sends a datagram from port 0 to the port given, which only root can do."""
import socket, struct, sys

raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
port = int(sys.argv[1])
raw.sendto(struct.pack('!4H', 0, port, 9, 0) + b'x', ('127.0.0.1', port))
