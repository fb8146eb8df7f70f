// SPDX-License-Identifier: GPL-2.0-or-later
// Any two runs side by side, from medians and intervals. Which two is in the address:
// compare.html#a=RUN&b=RUN.
"use strict";

(() => {
	const { el, shown, percent, minute, words, parse } = iommubench;
	const form = document.getElementById("choice");
	const result = document.getElementById("result");
	const { a: selectA, b: selectB, figure: selectFigure, apart: onlyApart, swap } = form.elements;
	const hosts = Object.values(iommubench.all("host"));
	const listed = new Map();

	function options() {
		return hosts.map((host) => {
			const group = el("optgroup", { label: host.name });
			for (let i = host.ids.length - 1; i >= 0; i--) {
				listed.set(host.ids[i], { host, i });
				group.append(el("option", { value: host.ids[i] },
					`${minute(host.dates[i])} ${host.kinds[i]} ${host.commits[i]}${host.dirty[i] ? "+" : ""} ${host.subjects[i]}`.slice(0, 90)));
			}
			return group;
		});
	}

	const address = () => new URLSearchParams(location.hash.slice(1));

	// Runs that are asked for and not there: [A or B, what is in the address].
	const unknown = () => ["a", "b"].map((name) => [name, address().get(name)])
		.filter(([, id]) => id !== null && !listed.has(id));

	// The runs in the address, or a host's two newest of one kind.
	function chosen() {
		const wanted = address();
		const last = hosts[0].ids.length - 1;
		const kind = hosts[0].kinds[last];
		const before = hosts[0].kinds.lastIndexOf(kind, last - 1);
		const pick = (id, other) => (listed.has(id) ? id : hosts[0].ids[other]);
		return [pick(wanted.get("a"), last && before >= 0 ? before : last), pick(wanted.get("b"), last)];
	}

	const SEEDS_MIN = 8;
	const SMALLEST = Math.log(1.01);

	// Of simulated figures: all seeds of one run beyond all of the other, by 1 % or more.
	function seedVerdict(a, b, better, runs) {
		if (a[0] === b[0] && a[1] === b[1] && a[2] === b[2])
			return ["equal", "same median and range"];
		if (!runs[0].instrument || !runs[1].instrument)
			return ["same", "the instrument may have changed"];
		if (runs[0].instrument !== runs[1].instrument)
			return ["same", "the instrument changed"];
		if (Math.min(a[3], b[3]) < SEEDS_MIN)
			return ["few", "too few seeds"];
		if (a[1] <= b[2] && b[1] <= a[2])
			return ["same", "seeds overlap"];
		if (a[0] > 0 && b[0] > 0 && Math.abs(Math.log(b[0] / a[0])) < SMALLEST)
			return ["same", "less than 1 %"];
		if (!better)
			return ["moved", "apart"];
		return b[0] > a[0] === better > 0 ? ["better", "B better"] : ["worse", "B worse"];
	}

	// Values are [median, low, high, samples, confident, kind]; kind: 1 exact, 2 of seeds.
	function verdict(a, b, better, exact) {
		if (exact && a[0] === b[0])
			return ["equal", "the same"];
		if (!exact && !(a[4] && b[4]))
			return ["few", "too few samples"];
		if (!exact && a[1] <= b[2] && b[1] <= a[2])
			return ["same", "intervals overlap"];
		if (!better)
			return ["moved", "apart"];
		return b[0] > a[0] === better > 0 ? ["better", "B better"] : ["worse", "B worse"];
	}

	function line(a, b, cell, about, steps, runs) {
		const exact = a[5] === 1 && b[5] === 1;
		const seeded = a[5] === 2 && b[5] === 2;
		const [kind, text] = seeded ? seedVerdict(a, b, about.better, runs) : verdict(a, b, about.better, exact);
		const change = a[0] ? percent(b[0] / a[0] - 1) : "\u2013";
		const ends = exact || a[1] <= 0 || a[2] <= 0 ? ""
			: `[${percent(b[1] / a[2] - 1)} .. ${percent(b[2] / a[1] - 1)}]`;
		const few = a[4] && b[4] ? "" : "*";
		const own = (value, step) => exact || value[1] === value[2] ? ""
			: `${shown(about, value[1], step)} .. ${shown(about, value[2], step)}${value[4] ? "" : "*"}`;
		return {
			kind,
			conditions: parse(cell).conditions,
			row: el("tr", {}, el("th", { scope: "row" }, words(cell)),
				el("td", { class: "num" }, shown(about, a[0], steps[0])), el("td", { class: "interval" }, own(a, steps[0])),
				el("td", { class: "num" }, shown(about, b[0], steps[1])), el("td", { class: "interval" }, own(b, steps[1])),
				el("td", { class: `num ${kind}` }, change), el("td", { class: "interval" }, ends && ends + few),
				el("td", { class: kind }, text)),
		};
	}

	// A body of the table for all cells of the same conditions.
	function groups(lines, columns) {
		const bodies = new Map();
		for (const { conditions, row } of lines) {
			if (!bodies.has(conditions))
				bodies.set(conditions, el("tbody", {}, el("tr", {},
					el("th", { class: "group", scope: "rowgroup", colspan: columns }, conditions))));
			bodies.get(conditions).append(row);
		}
		return bodies.values();
	}

	function table(a, b, name) {
		const about = [...b.figures, ...a.figures].find((each) => each.name === name);
		const value = (run, cell) => {
			const at = run.cells.indexOf(cell);
			return at < 0 || !run.values[name] ? null : run.values[name][at];
		};
		const cells = [...new Set([...a.cells, ...b.cells])];
		const both = cells.filter((cell) => value(a, cell) && value(b, cell));
		const alone = cells.filter((cell) => !value(a, cell) !== !value(b, cell)).length;
		const lines = both.map((cell) => line(value(a, cell), value(b, cell), cell, about, [a.step, b.step], [a, b]));
		const count = (kind) => lines.filter((each) => each.kind === kind).length;
		const parts = [[count("worse"), "B worse"], [count("better"), "B better"], [count("moved"), "apart"],
			[count("equal"), "the same"],
			[count("same"), "not shown to differ"], [count("few"), "with too few samples for a verdict"]].filter(([number]) => number);
		const shown = lines.filter((each) => !onlyApart.checked || !["same", "equal", "few"].includes(each.kind));
		const unit = about.unit ? `, ${about.unit}` : "";
		const head = ["cell", `A${unit}`, "interval", `B${unit}`, "interval", "change", "interval", "verdict"];
		const numeric = new Set([1, 3, 5]);
		return [
			el("p", {}, el("strong", {}, about.title), `, ${about.better < 0 ? "less is better" : about.better > 0 ? "more is better" : "neither way is better"}: `
				+ `of ${both.length} cells ${parts.map(([number, text]) => `${number} ${text}`).join(", ") || "none"}.`
				+ (alone ? ` ${alone} more are in one of the runs only.` : "")),
			el("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": "Comparison" },
				el("table", {}, el("thead", {}, el("tr", {}, ...head.map((text, i) =>
					el("th", { scope: "col", class: numeric.has(i) ? "num" : null }, text)))),
				...groups(shown, head.length))),
		];
	}

	function notices(a, b) {
		const [one, other] = [listed.get(a.id), listed.get(b.id)];
		const found = [];
		for (const [name, id] of unknown())
			found.push(`Run ${name.toUpperCase()} of the address, ${id.slice(0, 40)}, is not in this site: another is shown in its place.`);
		if (one.host !== other.host)
			found.push(`These are two hosts, ${one.host.name} and ${other.host.name}: what differs may be the machine.`);
		if (a.kind !== b.kind)
			found.push(`A is ${a.kind}, B is ${b.kind}: they have no cells in common.`);
		const names = new Set([...Object.keys(a.environment), ...Object.keys(b.environment)]);
		for (const name of names)
			if (a.environment[name] !== b.environment[name])
				found.push(`${name}: A ${a.environment[name] || "unknown"}, B ${b.environment[name] || "unknown"}.`);
		if (a.command !== b.command)
			found.push(`Command: A ${a.command}; B ${b.command}.`);
		if (one.host.dirty[one.i] || other.host.dirty[other.i])
			found.push("At least one was built with local changes: its commit does not tell what ran.");
		return found.length ? [el("div", { class: "notice" }, ...found.map((text) => el("p", {}, text)))] : [];
	}

	function fillFigures(a, b) {
		const names = new Map([...a.figures, ...b.figures].map((each) => [each.name, each.title]));
		const before = selectFigure.value;
		selectFigure.replaceChildren(...[...names].map(([name, title]) => el("option", { value: name }, title)));
		if (names.has(before))
			selectFigure.value = before;
	}

	async function compare(refill) {
		const [a, b] = await Promise.all([iommubench.run(selectA.value), iommubench.run(selectB.value)]);
		if (!a || !b) {
			result.replaceChildren(el("p", { class: "flag" }, "The data of a run is missing from this site: make it anew."));
			return;
		}
		if (a.id !== selectA.value || b.id !== selectB.value)
			return;
		if (refill)
			fillFigures(a, b);
		const link = (run, name) => el("a", { href: `run/${run.id}.html` }, name);
		result.replaceChildren(...notices(a, b), ...table(a, b, selectFigure.value),
			el("p", { class: "dim" }, link(a, "Run A"), ", ", link(b, "run B"),
				". *: too few samples for a 95 % interval, smallest to largest."));
	}

	function start() {
		[selectA.value, selectB.value] = chosen();
		compare(true);
	}

	selectA.append(...options());
	selectB.append(...options());
	form.hidden = false;
	form.addEventListener("submit", (event) => event.preventDefault());
	form.addEventListener("change", (event) => {
		const runs = event.target === selectA || event.target === selectB;
		if (runs)
			history.replaceState(null, "", `#a=${selectA.value}&b=${selectB.value}`);
		compare(runs);
	});
	swap.addEventListener("click", () => {
		[selectA.value, selectB.value] = [selectB.value, selectA.value];
		history.replaceState(null, "", `#a=${selectA.value}&b=${selectB.value}`);
		compare(true);
	});
	addEventListener("hashchange", start);
	start();
})();
