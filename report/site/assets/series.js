// SPDX-License-Identifier: GPL-2.0-or-later
// The chart of a series over its runs, its reading, and the table of values.
"use strict";

(() => {
	const { el, shown, percent, tick, minute, day } = iommubench;
	const section = document.querySelector("[data-series]");
	const series = iommubench.get("series", section.dataset.series);
	const host = iommubench.get("host", section.dataset.hostId);
	const box = section.querySelector(".chart");
	const reading = section.querySelector(".reading");
	const count = series.at.length;
	const last = count - 1;
	const unit = series.figure.unit ? "\u00a0" + series.figure.unit : "";
	// Where each change is among the points of the series.
	const changes = series.changes.map((change) => series.at.findIndex((at) => at >= change.at));
	const moves = environmentMoves();
	const levels = stretches();
	let chart = null;
	let chosen = last;

	function environmentMoves() {
		const found = [];
		for (let i = 1; i < count; i++)
			if (host.environment[series.at[i]] !== host.environment[series.at[i - 1]])
				found.push(i);
		return found;
	}

	function median(values) {
		const sorted = [...values].sort((a, b) => a - b);
		const half = sorted.length >> 1;
		return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
	}

	// The stretches between change points, [first, end, level]: none where nothing moved, nor
	// where the line itself has no noise.
	function stretches() {
		const ends = [0, ...changes, count];
		return changes.length && !series.exact
			? ends.slice(1).map((end, i) => [ends[i], end, median(series.median.slice(ends[i], end))]) : [];
	}

	const date = (i) => host.dates[series.at[i]];
	const x = { runs: () => series.at.map((_, i) => i), date: () => series.at.map((at) => host.times[at]) };
	let across = "runs";
	let zero = false;

	function environmentWords(i) {
		if (!moves.includes(i))
			return "";
		const now = host.environments[host.environment[series.at[i]]];
		const before = host.environments[host.environment[series.at[i - 1]]];
		const names = new Set([...Object.keys(now), ...Object.keys(before)]);
		const parts = [...names].filter((name) => now[name] !== before[name])
			.map((name) => `${name}: ${before[name] || "unknown"} \u2192 ${now[name] || "unknown"}`);
		return " Changed since the run before: " + parts.join("; ") + ".";
	}

	function valueWords(i) {
		if (series.exact)
			return "deterministic";
		const ends = `[${text(i, series.low[i])} .. ${text(i, series.high[i])}]`;
		const what = series.confident[i] && !series.seeded ? "95 % interval" : "smallest to largest";
		const samples = (series.seeded ? "seed" : "sample") + (series.count[i] === 1 ? "" : "s");
		return `${ends} ${what}, ${series.count[i]} ${samples}`;
	}

	function commitWords(i) {
		const at = series.at[i];
		return host.commits[at] + (host.dirty[at] ? " + local changes" : "")
			+ (host.subjects[at] ? " \u201c" + host.subjects[at] + "\u201d" : "");
	}

	const text = (i, value) => shown(series.figure, value, host.steps[series.at[i]]);
	const size = (change) => (change.size === null ? "" : `: ${percent(change.size)}`);

	const page = (i) => `../run/${host.ids[series.at[i]]}.html`;

	// Say what a point is; moves the slider that the chart is for a keyboard.
	function read(i) {
		chosen = i;
		const change = changes.lastIndexOf(i);
		const moved = change < 0 ? "" :
			` Change ${change + 1}${size(series.changes[change])}.`;
		const more = moved + environmentWords(i);
		reading.replaceChildren(
			el("strong", {}, text(i, series.median[i]) + unit), ` ${valueWords(i)} \u00b7 `,
			el("a", { href: page(i) }, minute(date(i))), ` \u00b7 run ${i + 1} of ${count} \u00b7 `,
			el("code", {}, commitWords(i)), more);
		box.setAttribute("aria-valuenow", i + 1);
		box.setAttribute("aria-valuetext", `${text(i, series.median[i])}${unit}, ${valueWords(i)},`
			+ ` ${minute(date(i))}, run ${i + 1}, ${commitWords(i)}.${more}`);
	}

	function label(i, distinct) {
		if (!Number.isInteger(i) || i < 0 || i > last)
			return "";
		return distinct ? day(date(i)) : host.commits[series.at[i]].slice(0, 7);
	}

	function runTicks(self, splits) {
		const days = splits.filter((i) => Number.isInteger(i) && i >= 0 && i <= last)
			.map((i) => day(date(i)));
		const distinct = new Set(days).size === days.length;
		return splits.map((i) => label(i, distinct));
	}

	// Half way from the point before, on the canvas.
	function before(self, i) {
		const xs = self.data[0];
		const x = (xs[Math.max(0, i - 1)] + xs[Math.min(last, i)]) / 2;
		return self.valToPos(x, "x", true);
	}

	// The levels, and vertical lines: where the environment changed, and the change points with
	// their number.
	function marks(self) {
		const { ctx, bbox } = self;
		const line = (i, name, dash, text) => {
			const at = before(self, i);
			if (at < bbox.left || at > bbox.left + bbox.width)
				return;
			ctx.strokeStyle = ctx.fillStyle = charts.colour(name);
			ctx.setLineDash(dash.map((part) => part * devicePixelRatio));
			ctx.beginPath();
			ctx.moveTo(at, bbox.top);
			ctx.lineTo(at, bbox.top + bbox.height);
			ctx.stroke();
			ctx.fillText(text, at + 3 * devicePixelRatio, bbox.top + 2 * devicePixelRatio);
		};
		ctx.save();
		ctx.lineWidth = 1.2 * devicePixelRatio;
		ctx.font = `bold ${12 * devicePixelRatio}px system-ui, sans-serif`;
		ctx.textAlign = "left";
		ctx.textBaseline = "top";
		ctx.strokeStyle = charts.colour("mark");
		for (const [first, end, level] of levels) {
			const y = self.valToPos(level, "y", true);
			const from = Math.max(before(self, first), bbox.left);
			const to = Math.min(before(self, end), bbox.left + bbox.width);
			if (from >= to || y < bbox.top || y > bbox.top + bbox.height)
				continue;
			ctx.beginPath();
			ctx.moveTo(from, y);
			ctx.lineTo(to, y);
			ctx.stroke();
		}
		for (const i of moves)
			line(i, "dim", [1, 4], "");
		changes.forEach((i, n) => line(i, "mark", [5, 3], String(n + 1)));
		ctx.restore();
	}

	const height = (width) => (width < 600 ? 260 : 380);

	function range(self, low, high) {
		if (low === null)
			return [0, 1];
		const spare = (high - low) * 0.06 || Math.abs(high) * 0.02 || 1;
		return [zero ? Math.min(0, low) : low - spare, high + spare];
	}

	function options() {
		const dense = () => (chart && chart.scales.x.max - chart.scales.x.min > 300 ? 1 : 1.5);
		const hidden = { stroke: "transparent", width: 0, points: { show: false } };
		return {
			width: box.clientWidth || 600,
			height: height(box.clientWidth),
			legend: { show: false },
			padding: [12, 38, 0, 0],
			scales: { x: { time: across === "date" }, y: { range } },
			tzDate: (seconds) => uPlot.tzDate(new Date(1000 * seconds), "UTC"),
			axes: [
				charts.axis(across === "runs" ? {
					values: runTicks, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000], space: 90,
				} : { space: 80 }),
				charts.axis({
					size: 68, label: series.figure.title + (unit && `,${unit}`), labelSize: 18,
					values: (self, splits) => splits.map(tick),
				}),
			],
			cursor: { y: false, drag: { x: true, y: false }, points: { size: 8 } },
			bands: [{ series: [2, 1], fill: () => charts.colour("link") + "2e" }],
			series: [
				{},
				series.exact ? { show: false } : hidden,
				series.exact ? { show: false } : hidden,
				{
					stroke: () => charts.colour("link"), width: dense(),
					points: { show: count <= 150, size: 5, fill: () => charts.colour("link") },
				},
			],
			hooks: {
				draw: [marks],
				setCursor: [(self) => {
					if (self.cursor.idx !== null && self.cursor.idx !== undefined && self.cursor.left >= 0)
						read(self.cursor.idx);
				}],
			},
		};
	}

	function draw() {
		if (chart)
			charts.forget(chart);
		chart = new uPlot(options(), [x[across](), series.low, series.high, series.median], box);
		charts.keep(chart, box, height);
	}

	// ---- zoom ----------------------------------------------------------------------------

	function span() {
		const { min, max } = chart.scales.x;
		return [min, max];
	}

	function ends() {
		const xs = chart.data[0];
		return count > 1 ? [xs[0], xs[last]] : [xs[0] - 1, xs[0] + 1];
	}

	function zoomTo(low, high) {
		const [first, final] = ends();
		chart.setScale("x", { min: Math.max(first, low), max: Math.min(final, high) });
	}

	const zooms = {
		in: () => zoomBy(0.5),
		out: () => zoomBy(2),
		all: () => zoomTo(...ends()),
		last: () => zoomTo(chart.data[0][Math.max(0, count - 50)], ends()[1]),
	};

	// About the chosen point, which stays in sight.
	function zoomBy(factor) {
		const [low, high] = span();
		const centre = Math.min(Math.max(chart.data[0][chosen], low), high);
		zoomTo(centre - (centre - low) * factor, centre + (high - centre) * factor);
	}

	function show(i) {
		const at = chart.data[0][i];
		const [low, high] = span();
		if (at < low || at > high)
			zoomTo(at - (high - low) / 2, at + (high - low) / 2);
		chart.setCursor({ left: chart.valToPos(at, "x"), top: 10 }, false);
		read(i);
	}

	function key(event) {
		const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 10, PageDown: -10 };
		const places = { Home: 0, End: last };
		const named = { "+": "in", "=": "in", "-": "out", 0: "all" };
		if (event.ctrlKey || event.metaKey || event.altKey)
			return;
		if (event.key in steps)
			show(Math.min(last, Math.max(0, chosen + steps[event.key])));
		else if (event.key in places)
			show(places[event.key]);
		else if (event.key in named)
			zooms[named[event.key]]();
		else if (event.key === "Enter")
			location.href = page(chosen);
		else
			return;
		event.preventDefault();
	}

	// ---- the table -----------------------------------------------------------------------

	function table() {
		const head = el("tr", {}, ...["run", "commit", "subject", "median", "interval", "samples"]
			.map((name) => el("th", { scope: "col", class: name === "median" || name === "samples" ? "num" : null }, name)));
		const rows = series.at.map((at, i) => el("tr", {},
			el("th", { scope: "row" }, el("a", { href: page(i) }, minute(date(i)))),
			el("td", {}, el("code", {}, host.commits[at]), host.dirty[at] ? " + local changes" : ""),
			el("td", { class: "subject" }, host.subjects[at]),
			el("td", { class: "num" }, text(i, series.median[i]) + unit),
			el("td", { class: "interval" }, series.exact ? "deterministic" :
				`${text(i, series.low[i])} .. ${text(i, series.high[i])}${series.confident[i] || series.seeded ? "" : "*"}`),
			el("td", { class: "num" }, String(series.count[i])))).reverse();
		return el("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": "Values" },
			el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)),
			el("p", { class: "dim" }, "*: smallest to largest sample, too few for a 95 % interval."));
	}

	document.querySelector("details.values").addEventListener("toggle", (event) => {
		if (event.target.open && !event.target.querySelector("table"))
			event.target.append(table());
	});

	for (const [name, value] of Object.entries({
		role: "slider", tabindex: 0, "aria-label": "Run", "aria-valuemin": 1, "aria-valuemax": count,
	}))
		box.setAttribute(name, value);
	for (const hidden of section.querySelectorAll("[hidden]"))
		hidden.hidden = false;
	draw();
	read(last);
	box.addEventListener("keydown", key);
	section.querySelector(".toolbar").addEventListener("click", (event) => {
		zooms[event.target.dataset.zoom]?.();
	});
	section.querySelector("[name=across]").addEventListener("change", (event) => {
		across = event.target.value;
		draw();
	});
	section.querySelector("[name=zero]").addEventListener("change", (event) => {
		zero = event.target.checked;
		chart.setScale("x", { min: chart.scales.x.min, max: chart.scales.x.max });
	});
})();
