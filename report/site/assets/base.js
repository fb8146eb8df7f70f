// SPDX-License-Identifier: GPL-2.0-or-later
// What all pages share. Text reaches a page as text only: the policy of the pages forbids
// to set HTML from a string.
"use strict";

const iommubench = (() => {
	const data = {};
	const waiting = {};

	// The data files call this, one each.
	function add(kind, id, content) {
		(data[kind] ||= {})[id] = content;
		for (const done of waiting[kind + "-" + id] || [])
			done(content);
		delete waiting[kind + "-" + id];
	}

	function get(kind, id) {
		return data[kind]?.[id];
	}

	const all = (kind) => data[kind] || {};

	const policy = window.trustedTypes?.createPolicy("iommubench", {
		createScriptURL: (url) => {
			if (!/^(\.\.\/)?data\/run-[0-9a-f]+\.js$/.test(url))
				throw new TypeError(url);
			return url;
		},
	});

	// A run's data, loaded when first asked for; null if there is no such file.
	function run(key) {
		const there = get("run", key);
		if (there)
			return Promise.resolve(there);
		if (!/^[0-9a-f]+$/.test(key))
			return Promise.resolve(null);
		return new Promise((done) => {
			const url = document.body.dataset.root + "data/run-" + key + ".js";
			const script = document.createElement("script");
			(waiting["run-" + key] ||= []).push(done);
			script.onerror = () => done(null);
			script.src = policy ? policy.createScriptURL(url) : url;
			document.head.append(script);
		});
	}

	// An element with attributes and children; strings become text.
	function el(name, attributes = {}, ...children) {
		const made = document.createElement(name);
		for (const [key, value] of Object.entries(attributes))
			if (value !== null)
				made.setAttribute(key, value);
		made.append(...children);
		return made;
	}

	const minus = (text) => text.replace("-", "\u2212");

	// As Python rounds: what lies half way between two goes to the even one, not up. Only an odd
	// multiple of 2 ** -(digits + 1) is half way, so below 1e-4 nothing is.
	function fixed(value, digits) {
		const text = value.toFixed(digits);
		const half = Math.abs(value) * 2 ** (digits + 1) % 2 === 1;
		if (!half || Number(text.at(-1)) % 2 === 0)
			return text;
		return (value - Math.sign(value) * 0.4 * 10 ** -digits).toFixed(digits);
	}

	const grouped = (value) => fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, "\u202f");

	// As number() and percent() of figures.py.
	function number(value) {
		const size = Math.abs(value);
		if (value === 0)
			return "0";
		if (size >= 999.95)
			return minus(grouped(value));
		if (size < 1e-4)
			return minus(value.toExponential(2).replace(/e([+-])(\d)$/, "e$10$2"));
		let digits = 3;
		for (const limit of [9.9995, 99.995])
			digits -= size >= limit;
		for (const limit of [0.99995, 0.099995, 0.0099995, 0.00099995])
			digits += size < limit;
		return minus(fixed(value, digits));
	}

	// As shown() of figures.py; the value is in the figure's unit already.
	function shown(figure, value, step) {
		if (!step || !figure.clocked)
			return number(value);
		return value <= 1.0001 * step ? "<" + fixed(step, 0) : grouped(value);
	}

	function percent(share) {
		const value = 100 * share;
		const size = Math.abs(value);
		if (value === 0)
			return "0 %";
		const sign = value < 0 ? "" : "+";
		if (size < 0.005)
			return minus(sign + +value.toPrecision(2)) + " %";
		return minus(sign + fixed(value, size >= 100 ? 0 : size >= 1 ? 1 : 2)) + " %";
	}

	// A number at an axis: no digits that say nothing.
	function tick(value) {
		const text = String(+value.toPrecision(6));
		return minus(Math.abs(value) < 1000 ? text : text.replace(/\B(?=(\d{3})+$)/g, "\u202f"));
	}

	const iso = (epoch) => new Date(1000 * epoch).toISOString();
	const minute = (epoch) => iso(epoch).slice(0, 16).replace("T", " ");
	const day = (epoch) => iso(epoch).slice(0, 10);

	function words(cell) {
		const part = parse(cell);
		const cpus = part.cpus + (part.cpus === 1 ? " CPU" : " CPUs");
		return `${part.workload} ${part.variant}, ${cpus}`;
	}

	// The parts of a cell name (results/README.md).
	function parse(cell) {
		const parts = cell.split("/");
		const place = parts[0] === "sim" ? 2 : parts[0] === "audit" ? 1 : 0;
		const named = Object.fromEntries(parts.slice(place + 2).map((part) => {
			const colon = part.indexOf(":");
			return [part.slice(0, colon), part.slice(colon + 1)];
		}));
		const prefix = place === 2 ? `simulated ${parts[1]} \u00b7 ` : place ? "audit \u00b7 " : "";
		return {
			workload: parts[place],
			// With its parameters, which stand before the pools.
			variant: parts.slice(place + 1, parts.findIndex((part) => part.startsWith("pools:")) + 1).join("/"),
			cpus: Number(named.cpus),
			conditions: `${prefix}flush ${named.flush} \u00b7 utilization ${named.occupancy} %`
				+ ` \u00b7 lock ${named.lock} \u00b7 think ${named.think} ns`,
		};
	}

	return { add, all, get, run, el, number, shown, percent, tick, minute, day, words, parse };
})();
