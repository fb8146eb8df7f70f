// SPDX-License-Identifier: GPL-2.0-or-later
// Charts of a run: a figure against the CPU count, a panel a workload, a line a variant.
"use strict";

(() => {
	const { el, shown, parse, tick } = iommubench;
	const looks = iommubench.get("looks", "all");
	const SVG = "http://www.w3.org/2000/svg";

	// Corners of the shapes: how many, where the first is, and the inner radius of stars.
	const SHAPES = {
		s: [4, 45], D: [4, 0], d: [4, 0, 1, 0.6], "^": [3, -90], v: [3, 90], "<": [3, 180], ">": [3, 0],
		p: [5, -90], h: [6, -90], "*": [5, -90, 0.4], X: [4, 45, 0.3], P: [4, 0, 0.3],
	};

	function corners(marker, x, y, size) {
		const [count, first, inner = 1, narrow = 1] = SHAPES[marker];
		const steps = inner < 1 ? 2 * count : count;
		return Array.from({ length: steps }, (_, i) => {
			const radius = size * (inner < 1 && i % 2 ? inner : 1);
			const angle = (first + (360 * i) / steps) * (Math.PI / 180);
			return [x + narrow * radius * Math.cos(angle), y + radius * Math.sin(angle)];
		});
	}

	// Black on white paper is white on black.
	function colour(look) {
		if (look.colour === "#000000")
			return charts.colour("text");
		return charts.isDark() && look.colour === "#0072B2" ? "#3fa2e0" : look.colour;
	}

	function mark(ctx, look, x, y, ratio) {
		ctx.beginPath();
		if (look.marker === "o")
			ctx.arc(x, y, 3.6 * ratio, 0, 2 * Math.PI);
		else
			corners(look.marker, x, y, 4.6 * ratio).forEach(([px, py], i) => i ? ctx.lineTo(px, py) : ctx.moveTo(px, py));
		ctx.closePath();
		ctx.fillStyle = look.filled ? colour(look) : charts.colour("back");
		ctx.strokeStyle = colour(look);
		ctx.lineWidth = 1.3 * ratio;
		ctx.setLineDash([]);
		ctx.fill();
		ctx.stroke();
	}

	// Those on the page follow its colours.
	const paints = new WeakMap();
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
		for (const svg of document.querySelectorAll(".swatch"))
			paints.get(svg)();
	});

	function swatch(look) {
		const make = (name, attributes) => {
			const made = document.createElementNS(SVG, name);
			for (const [key, value] of Object.entries(attributes))
				made.setAttribute(key, value);
			return made;
		};
		const svg = make("svg", { class: "swatch", viewBox: "0 0 44 14", "aria-hidden": "true" });
		const paint = () => {
			const stroke = colour(look);
			const fill = look.filled ? stroke : charts.colour("back");
			const line = make("line", {
				x1: 0, y1: 7, x2: 44, y2: 7, stroke, "stroke-width": 1.6,
				"stroke-dasharray": look.dashes.map((part) => 1.6 * part).join(" "),
			});
			const shape = look.marker === "o" ? make("circle", { cx: 22, cy: 7, r: 3.6, fill, stroke })
				: make("polygon", { points: corners(look.marker, 22, 7, 4.6).join(" "), fill, stroke });
			svg.replaceChildren(line, shape);
		};
		paint();
		paints.set(svg, paint);
		return svg;
	}

	// Panels of one figure: conditions -> workload -> variant -> [[cpus, median, low, high]].
	function arrange(run, figure) {
		const found = new Map();
		const under = (map, key) => map.get(key) || map.set(key, new Map()).get(key);
		run.values[figure].forEach((value, i) => {
			if (!value)
				return;
			const part = parse(run.cells[i]);
			const lines = under(under(found, part.conditions), part.workload);
			if (!lines.has(part.variant))
				lines.set(part.variant, []);
			lines.get(part.variant).push([part.cpus, ...value]);
		});
		return found;
	}

	// A log axis can show no zero, and is of no use for less than a decade.
	function isLog(lines, wanted) {
		const all = [...lines.values()].flat().map((point) => point[1]);
		return wanted && Math.min(...all) > 0 && Math.max(...all) > 10 * Math.min(...all);
	}

	// Of the marks of a log axis those that are read: 1, 10, 100, and 2 and 5 if these are few.
	function decades(self, splits) {
		const { min, max } = self.scales.y;
		const wanted = max > 100 * min ? ["1"] : ["1", "2", "5"];
		return splits.map((value) => (wanted.includes(value.toExponential(0)[0]) ? value : null));
	}

	function panel(run, figure, lines, wantsLog) {
		const counts = [...new Set([...lines.values()].flat().map((point) => point[0]))].sort((a, b) => a - b);
		const variants = Object.keys(looks).filter((variant) => lines.has(variant));
		const at = (variant, cpus, part) => {
			const point = lines.get(variant).find((each) => each[0] === cpus);
			return point ? point[part] : null;
		};
		const log = isLog(lines, wantsLog);
		const hidden = new Set();
		const box = el("div", { class: "chart", "aria-hidden": "true" });
		const body = el("tbody");
		const heading = el("th", { scope: "col", class: "num" });
		const table = el("table", {}, el("thead", {}, el("tr", {},
			el("th", { scope: "col" }), el("th", { scope: "col" }, "allocator"), heading,
			el("th", { scope: "col" }, "interval"))), body);
		const about = run.figures.find((each) => each.name === figure);
		const rows = variants.map((variant, i) => {
			const button = el("button", { type: "button", class: "line", "aria-pressed": "true", title: "show or hide" }, variant);
			const row = { value: el("td", { class: "num" }), interval: el("td", { class: "interval" }) };
			body.append(el("tr", {}, el("td", {}, swatch(looks[variant])), el("th", { scope: "row" }, button), row.value, row.interval));
			button.addEventListener("click", () => {
				const off = !hidden.delete(variant);
				if (off)
					hidden.add(variant);
				button.setAttribute("aria-pressed", String(!off));
				chart.setSeries(i + 1, { show: !off });
			});
			return row;
		});

		function read(index) {
			const cpus = counts[index];
			heading.textContent = `${about.unit || "value"}, ${cpus} ${cpus === 1 ? "CPU" : "CPUs"}`;
			variants.forEach((variant, i) => {
				const [median, low, high, , confident] = [1, 2, 3, 4, 5].map((part) => at(variant, cpus, part));
				rows[i].value.textContent = median === null ? "\u2013" : shown(about, median, run.step);
				rows[i].interval.textContent = median === null || low === high ? ""
					: `${shown(about, low, run.step)} .. ${shown(about, high, run.step)}${confident ? "" : "*"}`;
			});
		}

		function bars(self, i) {
			const variant = variants[i - 1];
			if (!variant || hidden.has(variant))
				return;
			const { ctx } = self;
			const ratio = devicePixelRatio;
			ctx.save();
			for (const [cpus, median, low, high] of lines.get(variant)) {
				const x = self.valToPos(Math.log2(cpus), "x", true);
				const y = (value) => self.valToPos(log ? Math.max(value, 1e-9) : value, "y", true);
				ctx.strokeStyle = colour(looks[variant]);
				ctx.lineWidth = ratio;
				ctx.setLineDash([]);
				ctx.beginPath();
				ctx.moveTo(x, y(low));
				ctx.lineTo(x, y(high));
				ctx.stroke();
				mark(ctx, looks[variant], x, y(median), ratio);
			}
			ctx.restore();
		}

		const points = [...lines.values()].flat();
		const top = Math.max(...points.map((point) => point[3]));
		const bottom = Math.min(...points.map((point) => (point[2] > 0 ? point[2] : point[1])));
		const xs = counts.map(Math.log2);
		const spare = counts.length > 1 ? 0.06 * (xs.at(-1) - xs[0]) : 1;
		const height = () => 250;
		const chart = new uPlot({
			width: 400, height: height(), legend: { show: false },
			scales: {
				x: { time: false, range: [xs[0] - spare, xs.at(-1) + spare] },
				y: log ? { distr: 3, range: () => uPlot.rangeLog(bottom, top, 10, false) } : { range: [0, 1.06 * top || 1] },
			},
			axes: [
				charts.axis({ splits: () => xs, values: () => counts.map(String), label: "CPUs", labelSize: 16, size: 30 }),
				charts.axis({
					...(log ? { filter: decades, grid: { ...charts.axis().grid, filter: decades } } : {}),
					size: 66, label: about.title + (about.unit ? `, ${about.unit}` : ""), labelSize: 18,
					values: (self, splits) => splits.map((value) => value === null ? "" : tick(value)),
				}),
			],
			cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
			series: [{}, ...variants.map((variant) => ({
				stroke: () => colour(looks[variant]), width: 1.6, dash: looks[variant].dashes.map((part) => 1.6 * part),
				points: { show: false }, spanGaps: true,
			}))],
			hooks: {
				drawSeries: [bars],
				setCursor: [(self) => {
					if (Number.isInteger(self.cursor.idx) && self.cursor.left >= 0)
						read(self.cursor.idx);
				}],
			},
		}, [xs, ...variants.map((variant) => counts.map((cpus) => at(variant, cpus, 1)))], box);
		charts.keep(chart, box, height);
		read(counts.length - 1);
		return { chart, parts: [box, el("div", { class: "scroll" }, table)] };
	}

	function draw(section, run, figure, drawn) {
		for (const chart of drawn.splice(0))
			charts.forget(chart);
		const place = section.querySelector(".ladders");
		place.replaceChildren();
		for (const [conditions, workloads] of arrange(run, figure)) {
			const panels = el("div", { class: "panels" });
			place.append(el("h3", {}, conditions), panels);
			for (const [workload, lines] of workloads) {
				const { chart, parts } = panel(run, figure, lines, section.dataset.log);
				drawn.push(chart);
				panels.append(el("div", {}, el("h4", {}, workload), ...parts));
			}
		}
	}

	for (const section of document.querySelectorAll("[data-ladder]")) {
		const run = iommubench.get("run", section.dataset.ladder);
		const names = section.dataset.figures.split(" ").filter((name) => run.values[name]?.some(Boolean));
		if (!names.length) {
			section.append(el("p", {}, "Not measured in this run."));
			continue;
		}
		const select = el("select", { name: "figure" }, ...names.map((name) =>
			el("option", { value: name }, run.figures.find((each) => each.name === name).title)));
		const drawn = [];
		section.append(
			el("div", { class: "toolbar" }, el("label", {}, "Figure ", select),
				el("span", { class: "dim" }, (run.kind === "sim" ? "Simulated: deterministic values." : "Points: medians. Bars: 95 % intervals, with a star smallest to largest sample.")
					+ " Hover for the values at a CPU count.")),
			el("div", { class: "ladders" }));
		select.addEventListener("change", () => draw(section, run, select.value, drawn));
		draw(section, run, names[0], drawn);
	}
})();
