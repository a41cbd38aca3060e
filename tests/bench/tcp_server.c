// tcp-server once more, as plain C: the same calls, the same bytes. It is what the Rust program's
// costs are compared with, see main.rs. Left out: names for HOST, and care for broken UTF-8.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *call) {
    perror(call);
    exit(1);
}

// One line is one write: the C library's own buffer would copy it once more.
static void show(const char *text, size_t length) {
    if (write(1, text, length) != (ssize_t)length) fail("tcp-server: write");
}

static void converse(int connection) {
    static const char reply[] = "服务端已收到消息!";
    char buffer[1024], line[1100];
    for (;;) {
        ssize_t received = recv(connection, buffer, sizeof buffer, 0);
        if (received < 0) perror("tcp-server: recv");
        if (received <= 0) return;
        size_t length = sprintf(line, "客户端发来的消息: ");
        memcpy(line + length, buffer, received); // a message may hold a zero byte
        line[length + received] = '\n';
        show(line, length + received + 1);
        ssize_t sent = send(connection, reply, sizeof reply - 1, MSG_NOSIGNAL);
        if (sent < 0) perror("tcp-server: send");
        if (sent < 0) return;
    }
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET}, peer;
    if (argc < 3 || inet_pton(AF_INET, argv[1], &address.sin_addr) != 1) {
        fputs("input as: tcp-server 127.0.0.1 8888\n", stderr);
        return 1;
    }
    address.sin_port = htons(atoi(argv[2]));
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on))
        fail("tcp-server: socket");
    if (bind(listener, (struct sockaddr *)&address, sizeof address)) fail("tcp-server: bind");
    if (listen(listener, 128)) fail("tcp-server: listen");
    for (;;) {
        char ip[INET_ADDRSTRLEN], line[64];
        socklen_t size = sizeof peer;
        show("waiting for connect....\n", 24);
        int connection = accept(listener, (struct sockaddr *)&peer, &size);
        if (connection < 0) perror("tcp-server: accept");
        if (connection < 0) continue;
        inet_ntop(AF_INET, &peer.sin_addr, ip, sizeof ip);
        show(line, sprintf(line, "connect from ('%s', %d)\n", ip, ntohs(peer.sin_port)));
        converse(connection);
        close(connection);
    }
}
