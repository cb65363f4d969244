# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion for bash: tandemctl itself says which words may come next.

_tandemctl()
{
	local word=${COMP_WORDS[COMP_CWORD]} line found=() which=()

	[ "$COMP_CWORD" -gt 1 ] && which=("${COMP_WORDS[1]}")
	while IFS=$'\t' read -r line _; do
		[[ $line == "$word"* ]] && found+=("$(printf '%q' "$line")")
	done < <("${COMP_WORDS[0]}" help --words "${which[@]}" 2>/dev/null)
	COMPREPLY=("${found[@]}")
}

complete -F _tandemctl tandemctl
