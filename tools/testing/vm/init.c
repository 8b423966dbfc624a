// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the test machines, under the crashed kernel and under the capture
 * kernel alike.  Mounts the file systems that tests need, and runs the scripts
 * that the host sends on a virtio-serial port, which nothing else uses:
 *
 *	host:	RUN <bytes>\n and a shell script of that many bytes
 *	guest:	OUT <bytes>\n and output of that many bytes, any number of
 *		times, then EXIT <status>\n
 *
 * On start the guest says HELLO <kind>\n, where kind is "capture" if there is
 * a /proc/vmcore, else "system".
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT_NAME "hotcore.agent"
#define SCRIPT_MAX (1 << 20)

static void die(const char *what)
{
	fprintf(stderr, "init: %s: %s\n", what, strerror(errno));
	sync();
	reboot(RB_POWER_OFF);
	_exit(1);
}

static void mount_all(void)
{
	static const struct {
		const char *type, *dir;
	} mounts[] = {
		{ "devtmpfs", "/dev" },
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "tmpfs", "/tmp" },
		{ "debugfs", "/sys/kernel/debug" },
		{ "tracefs", "/sys/kernel/tracing" },
		{ "securityfs", "/sys/kernel/security" },
	};
	unsigned int i;
	int fd;

	for (i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		mkdir(mounts[i].dir, 0755);
		/* The last three exist only if they are configured. */
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0,
			  NULL) && i < 4)
			die(mounts[i].dir);
	}

	fd = open("/dev/console", O_RDWR);
	if (fd >= 0) {
		dup2(fd, 0);
		dup2(fd, 1);
		dup2(fd, 2);
	}
}

static bool port_is_ours(const char *port)
{
	char path[300], name[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", port);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (!fgets(name, sizeof(name), f))
		name[0] = '\0';
	fclose(f);
	return !strcmp(name, PORT_NAME "\n");
}

/* The ports are probed before init starts, but their names arrive later. */
static int open_port(void)
{
	struct dirent *entry;
	char path[300];
	DIR *dir;
	int fd;

	for (;;) {
		dir = opendir("/sys/class/virtio-ports");
		while (dir && (entry = readdir(dir))) {
			if (!port_is_ours(entry->d_name))
				continue;
			snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
			fd = open(path, O_RDWR | O_CLOEXEC);
			if (fd >= 0) {
				closedir(dir);
				return fd;
			}
		}
		if (dir)
			closedir(dir);
		usleep(10000);
	}
}

static void put(int fd, const void *buf, size_t len)
{
	const char *p = buf;
	ssize_t n;

	while (len) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			die("write to the host");
		p += n;
		len -= n;
	}
}

static void say(int fd, const char *format, ...)
{
	char line[64];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	put(fd, line, strlen(line));
}

/* A read of 0 bytes: the host is not connected, or has disconnected. */
static void get(int fd, void *buf, size_t len)
{
	char *p = buf;
	ssize_t n;

	while (len) {
		n = read(fd, p, len);
		if (n < 0 && errno != EINTR)
			die("read from the host");
		if (n <= 0) {
			usleep(10000);
			continue;
		}
		p += n;
		len -= n;
	}
}

static void get_line(int fd, char *line, size_t size)
{
	size_t len = 0;

	for (;;) {
		get(fd, &line[len], 1);
		if (line[len] == '\n')
			break;
		if (len + 1 < size)
			len++;
	}
	line[len] = '\0';
}

static void run(int fd, const char *script)
{
	int pipefd[2], status = 0;
	char buf[4096];
	ssize_t n;
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		setsid();
		dup2(open("/dev/null", O_RDONLY), 0);
		dup2(pipefd[1], 1);
		dup2(pipefd[1], 2);
		execl("/bin/sh", "sh", "-c", script, NULL);
		_exit(127);
	}
	close(pipefd[1]);

	while ((n = read(pipefd[0], buf, sizeof(buf))) > 0) {
		say(fd, "OUT %zd\n", n);
		put(fd, buf, n);
	}
	close(pipefd[0]);
	/* Reap orphans, too: PID 1 is their parent. */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	say(fd, "EXIT %d\n", WIFEXITED(status) ? WEXITSTATUS(status) :
			     128 + WTERMSIG(status));
}

int main(void)
{
	char line[64], *script;
	size_t len;
	int fd;

	mount_all();
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("HOME", "/", 1);
	fd = open_port();
	say(fd, "HELLO %s\n",
	    access("/proc/vmcore", F_OK) ? "system" : "capture");

	for (;;) {
		get_line(fd, line, sizeof(line));
		if (sscanf(line, "RUN %zu", &len) != 1 || len > SCRIPT_MAX) {
			fprintf(stderr, "init: not understood: %s\n", line);
			continue;
		}
		script = malloc(len + 1);
		if (!script)
			die("malloc");
		get(fd, script, len);
		script[len] = '\0';
		run(fd, script);
		free(script);
	}
}
