// udp-server once more, as plain C: the same calls, the same bytes. It is what the Rust program's
// costs are compared with, see main.rs. Left out: names for HOST, and care for broken UTF-8.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *call) {
    perror(call);
    exit(1);
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET}, peer;
    if (argc < 3 || inet_pton(AF_INET, argv[1], &address.sin_addr) != 1) {
        fputs("input as: udp-server 127.0.0.1 8888\n", stderr);
        return 1;
    }
    address.sin_port = htons(atoi(argv[2]));
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0) fail("udp-server: socket");
    if (bind(server, (struct sockaddr *)&address, sizeof address)) fail("udp-server: bind");
    for (;;) {
        char buffer[1024], line[1100], ip[INET_ADDRSTRLEN], now[26], reply[64];
        socklen_t size = sizeof peer;
        ssize_t received = recvfrom(server, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &size);
        if (received < 0) {
            perror("udp-server: recvfrom");
            continue;
        }
        inet_ntop(AF_INET, &peer.sin_addr, ip, sizeof ip);
        ssize_t length = sprintf(line, "recv from ('%s', %d):", ip, ntohs(peer.sin_port));
        memcpy(line + length, buffer, received); // a message may hold a zero byte
        length += received;
        line[length++] = '\n';
        // One line is one write: the C library's own buffer would copy it once more.
        if (write(1, line, length) != length) fail("udp-server: write");
        time_t seconds = time(NULL);
        if (!ctime_r(&seconds, now)) { // ctime would ask for the zone's file each time
            fputs("udp-server: there is no local time\n", stderr);
            continue;
        }
        length = sprintf(reply, "%.24s 接收到消息", now);
        if (sendto(server, reply, length, 0, (struct sockaddr *)&peer, size) < 0)
            perror("udp-server: sendto");
    }
}
