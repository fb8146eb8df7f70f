# SPDX-License-Identifier: GPL-2.0-or-later
# Prints what `make help` says, from the comments of makefiles: "## TEXT" at the beginning of a line
# is a heading or a line of its own, "goal: ... ## TEXT" what the goal is for.

/^##/ {
	text = substr($0, 4)
	if (text ~ /^ /) {
		print text
	} else if (text != "") {
		print (NR > 9 ? "\n" : "") text ":"
	}
}

/^[a-z][a-z-]*:.* ## / {
	goal = $0
	sub(/:.*/, "", goal)
	text = $0
	sub(/.* ## /, "", text)
	printf "  make %-16s  %s\n", goal, text
}
