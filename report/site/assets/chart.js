// SPDX-License-Identifier: GPL-2.0-or-later
// What the charts share: colours of the page, axes, and drawing anew when those change.
"use strict";

const charts = (() => {
	const dark = window.matchMedia("(prefers-color-scheme: dark)");
	const all = new Map();

	function colour(name) {
		return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
	}

	function axis(more) {
		return {
			stroke: () => colour("dim"),
			font: "12px system-ui, sans-serif",
			labelFont: "12px system-ui, sans-serif",
			grid: { stroke: () => colour("line"), width: 1 },
			ticks: { stroke: () => colour("line"), width: 1, size: 4 },
			...more,
		};
	}

	// Keeps a chart as wide as its element and in the page's colours.
	function keep(chart, element, height) {
		const observer = new ResizeObserver(() => {
			const width = element.clientWidth;
			if (width && width !== chart.width)
				chart.setSize({ width, height: height(width) });
		});
		observer.observe(element);
		all.set(chart, observer);
	}

	function forget(chart) {
		all.get(chart).disconnect();
		all.delete(chart);
		chart.destroy();
	}

	dark.addEventListener("change", () => {
		for (const chart of all.keys())
			chart.redraw(false, true);
	});

	return { axis, colour, forget, keep, isDark: () => dark.matches };
})();
