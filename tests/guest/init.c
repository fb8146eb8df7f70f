// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /init of the guests: runs each line of /commands with a shell's word splitting and no more, in /out,
 * with its output in /out/N.txt, and as nobody if it begins with "nobody"; then writes every file of /out to the console, each between lines
 * that begin with "@@", with its size and a hash (FNV-1a), as a console may lose characters. Then
 * powers off.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX     40
#define CONSOLE_LEVEL 8 /* of klogctl */
#define NOBODY        65534

/* The commands must find what a booted system has. */
static void mount_all(void)
{
	static const struct {
		const char *type, *where;
	} mounts[] = {{"proc", "/proc"}, {"sysfs", "/sys"}, {"tmpfs", "/out"}};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].where, 0755);
		if (mount(mounts[i].type, mounts[i].where, mounts[i].type, 0, NULL))
			printf("@@ error: cannot mount %s\n", mounts[i].where);
	}
}

/* In the child: never returns. */
static void exec_command(char *line, const char *output)
{
	int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	char *all[WORDS_MAX + 1] = {NULL}, **words = all;
	size_t n = 0;

	for (char *w = strtok(line, " "); w && n < WORDS_MAX; w = strtok(NULL, " "))
		all[n++] = w;
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (n && strcmp(all[0], "nobody") == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0)
		words++;
	execv(words[0], words);
	perror(words[0]);
	_exit(127);
}

static void run_commands(void)
{
	FILE *commands = fopen("/commands", "re");
	char line[1024], output[32];
	int number = 0, status;
	pid_t child;

	while (commands && fgets(line, sizeof(line), commands)) {
		line[strcspn(line, "\n")] = '\0';
		printf("@@ begin %d %s\n", number, line);
		fflush(stdout);
		snprintf(output, sizeof(output), "/out/%d.txt", number);
		child = fork();
		if (child == 0)
			exec_command(line, output);
		status = -1;
		if (child > 0)
			waitpid(child, &status, 0);
		printf("@@ end %d %d\n", number++, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
		fflush(stdout);
	}
}

static void hand_out(const char *name)
{
	uint32_t hash = 2166136261;
	struct stat st;
	FILE *file = fopen(name, "re");
	int c;

	if (!file || fstat(fileno(file), &st)) {
		printf("@@ error: cannot read %s\n", name);
		return;
	}
	while ((c = getc(file)) != EOF)
		hash = (hash ^ (uint32_t)c) * 16777619;
	printf("@@ file %s %lld %08x\n", name, (long long)st.st_size, hash);
	rewind(file);
	while ((c = getc(file)) != EOF)
		putchar(c);
	fclose(file);
	printf("\n@@ done %s\n", name);
}

int main(void)
{
	struct dirent *entry;
	DIR *out;

	mount_all();
	/* Nothing but panics from the kernel in the midst of a file. */
	klogctl(CONSOLE_LEVEL, NULL, 1);
	if (chdir("/out"))
		printf("@@ error: no /out\n");
	run_commands();
	out = opendir(".");
	while (out && (entry = readdir(out))) {
		if (entry->d_name[0] != '.')
			hand_out(entry->d_name);
	}
	printf("@@ finished\n");
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	/* Where there is no switch. */
	reboot(RB_AUTOBOOT);
	return 1;
}
