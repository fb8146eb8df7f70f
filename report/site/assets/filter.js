// SPDX-License-Identifier: GPL-2.0-or-later
// Filters rows and events by words, all of which must occur, and by host.
"use strict";

for (const form of document.querySelectorAll("form[data-filter]")) {
	const kind = form.dataset.filter;
	const scope = form.closest("section") || document.querySelector("main");
	const entries = [...scope.querySelectorAll("." + kind)].map((element) => ({
		element,
		text: (element.dataset.text || element.textContent).toLowerCase(),
		host: element.dataset.host,
	}));
	const output = form.querySelector("output");
	const noun = kind === "row" ? "rows" : "events";

	const apply = () => {
		const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
		const host = form.elements.host?.value || "";
		let shown = 0;
		for (const { element, text, host: its } of entries) {
			const fits = (!host || its === host) && words.every((word) => text.includes(word));
			element.hidden = !fits;
			shown += fits;
		}
		for (const block of scope.querySelectorAll(".block"))
			block.hidden = !block.querySelector(`.${kind}:not([hidden])`);
		output.textContent = words.length || host ? `${shown} of ${entries.length} ${noun}` : "";
	};
	for (const type of ["input", "change"])
		form.addEventListener(type, apply);
	form.addEventListener("submit", (event) => event.preventDefault());
	apply();
}
