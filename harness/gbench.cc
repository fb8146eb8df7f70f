// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Google Benchmark C API; contracts are in gbench.h.
 *
 * Two traits of the library shape this file. Debian builds it with its checks
 * on, so that misuse aborts: everything it would check is checked here first.
 * And it exits on a bad flag or an output file it cannot open: the flags that
 * lead there are read here too.
 */
#include "gbench.h"

#include <benchmark/benchmark.h>

#include <fcntl.h>
#include <regex.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <ostream>
#include <streambuf>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace bm = benchmark;

// Newer libraries move this class between namespaces.
using family_t = std::remove_pointer_t<decltype(bm::RegisterBenchmark(
	"", std::declval<void (*)(bm::State &)>()))>;

struct gbench {
	family_t *family;
	gbench_fn *fn;
	void *arg;
	int nargs; // as the library counts: -1 while undecided
	bool has_args;
	bool has_iterations;
	bool has_min_time;
	bool manual_time;
	bool real_time;
};

enum class phase { fresh, timing, paused, done };

struct gbench_state {
	bm::State &st;
	const gbench &bench;
	phase now;
	bool timed; // gbench_set_iteration_time() has been called
};

namespace
{

std::string env_or(const char *name, const char *fallback)
{
	const char *value = std::getenv(name);

	return value ? value : fallback;
}

// The library reads its environment in static constructors; so must this.
struct {
	std::vector<std::unique_ptr<gbench>> benches;
	std::string out = env_or("BENCHMARK_OUT", "");
	std::string out_format = env_or("BENCHMARK_OUT_FORMAT", "json");
	std::string format = env_or("BENCHMARK_FORMAT", "console");
	std::atomic<bool> running{false};
	bool initialised = false;
	bool shut_down = false;
	int kept_error = 0;
} proc;

// This thread's nanosleep() returns at once.
thread_local bool sleepless = false;

template <typename F> int guarded(F &&f) noexcept
{
	try {
		return f();
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	} catch (const std::length_error &) {
		return -ENOMEM;
	} catch (const std::system_error &e) {
		return e.code().value() > 0 ? -e.code().value() : -EIO;
	} catch (...) {
		return -EIO;
	}
}

int usable()
{
	if (proc.running)
		return -EBUSY;
	return proc.shut_down ? -ESHUTDOWN : 0;
}

int keep(int error)
{
	if (error && !proc.kept_error)
		proc.kept_error = error;
	return error;
}

/* ---- text ---- */

// Length of the UTF-8 sequence at @p, 0 if it is not one.
size_t utf8_length(const unsigned char *p)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (*p < 0x80)
		return 1;
	if (*p < 0xc2 || *p > 0xf4)
		return 0;
	n = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	if (*p == 0xe0)
		low = 0xa0; // overlong
	else if (*p == 0xed)
		high = 0x9f; // surrogates
	else if (*p == 0xf0)
		low = 0x90; // overlong
	else if (*p == 0xf4)
		high = 0x8f; // beyond U+10FFFF
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

// The library escapes neither most control characters nor invalid UTF-8.
std::string cleaned(const char *s)
{
	std::string text;

	while (*s) {
		size_t n = utf8_length(reinterpret_cast<const unsigned char *>(s));

		if (n > 1)
			text.append(s, n);
		else if (n == 0)
			text += '?';
		else
			text += *s < 0x20 || *s == 0x7f ? ' ' : *s;
		s += n ? n : 1;
	}
	return text;
}

bool clean_name(const char *s)
{
	return s && *s && cleaned(s) == s;
}

template <size_t N> bool listed(const char *const (&list)[N], const char *s)
{
	for (const char *entry : list)
		if (!std::strcmp(entry, s))
			return true;
	return false;
}

// Names that a counter or a context entry would write a second time.
const char *const run_fields[] = {
	"name",
	"family_index",
	"per_family_instance_index",
	"run_name",
	"run_type",
	"repetitions",
	"repetition_index",
	"threads",
	"aggregate_name",
	"aggregate_unit",
	"error_occurred",
	"error_message",
	"skipped",
	"skip_message",
	"iterations",
	"real_time",
	"cpu_time",
	"time_unit",
	"cpu_coefficient",
	"real_coefficient",
	"big_o",
	"rms",
	"allocs_per_iter",
	"max_bytes_used",
	"total_allocated_bytes",
	"net_heap_growth",
	"label",
};

const char *const context_fields[] = {
	"date",        "host_name",           "executable",         "num_cpus",
	"mhz_per_cpu", "cpu_scaling_enabled", "aslr_enabled",       "caches",
	"load_avg",    "library_version",     "library_build_type", "json_schema_version",
};

/* ---- reports ---- */

// JSON without the bare NaN and Infinity that strict parsers refuse.
class strict_json final : public bm::JSONReporter
{
      public:
	void ReportRuns(const std::vector<Run> &runs) override
	{
		std::vector<Run> finite;

		for (const Run &run : runs)
			if (std::isfinite(run.real_accumulated_time) &&
			    std::isfinite(run.cpu_accumulated_time))
				finite.push_back(without_nan(run));
		JSONReporter::ReportRuns(finite);
	}

      private:
	static Run without_nan(Run run)
	{
		std::string omitted;

		for (auto it = run.counters.begin(); it != run.counters.end();) {
			if (std::isfinite(it->second.value)) {
				++it;
				continue;
			}
			omitted += (omitted.empty() ? "" : ", ") + it->first;
			it = run.counters.erase(it);
		}
		if (!omitted.empty()) {
			if (!run.report_label.empty())
				run.report_label += "; ";
			run.report_label += "omitted, not finite: " + omitted;
		}
		return run;
	}
};

// Collects until the library flushes, which it does after each report.
class fd_buffer final : public std::streambuf
{
      public:
	explicit fd_buffer(int fd) : fd_(fd)
	{
	}
	int error() const
	{
		return error_;
	}

      protected:
	std::streamsize xsputn(const char *s, std::streamsize n) override
	{
		pending_.append(s, static_cast<size_t>(n));
		return n;
	}

	int_type overflow(int_type c) override
	{
		if (!traits_type::eq_int_type(c, traits_type::eof()))
			pending_ += traits_type::to_char_type(c);
		return traits_type::not_eof(c);
	}

	int sync() override
	{
		size_t done = 0;

		while (!error_ && done < pending_.size()) {
			ssize_t n = write(fd_, pending_.data() + done, pending_.size() - done);

			if (n >= 0)
				done += static_cast<size_t>(n);
			else if (errno != EINTR)
				error_ = errno;
		}
		pending_.clear();
		return error_ ? -1 : 0;
	}

      private:
	std::string pending_;
	int fd_;
	int error_ = 0;
};

BENCHMARK_DISABLE_DEPRECATED_WARNING
std::unique_ptr<bm::BenchmarkReporter> csv_reporter()
{
	return std::make_unique<bm::CSVReporter>();
}
BENCHMARK_RESTORE_DEPRECATED_WARNING

std::unique_ptr<bm::BenchmarkReporter> new_reporter(int format)
{
	if (format == GBENCH_JSON)
		return std::make_unique<strict_json>();
	if (format == GBENCH_CSV)
		return csv_reporter();
	return std::make_unique<bm::ConsoleReporter>(bm::ConsoleReporter::OO_None);
}

/* ---- running ---- */

template <typename S> auto halted(const S &st, int) -> decltype(st.skipped())
{
	return st.skipped();
}

template <typename S> bool halted(const S &st, long)
{
	return st.error_occurred();
}

template <typename S>
auto halt_skipped(S &st, const std::string &message, int) -> decltype(st.SkipWithMessage(message))
{
	return st.SkipWithMessage(message);
}

template <typename S> void halt_skipped(S &st, const std::string &message, long)
{
	st.SkipWithError(("skipped: " + message).c_str());
}

void halt_failed(bm::State &st, const std::string &message)
{
	st.SkipWithError(message.c_str());
}

void run_body(const gbench &b, bm::State &st)
{
	gbench_state s{st, b, phase::fresh, false};

	try {
		b.fn(&s, b.arg);
	} catch (const std::exception &e) {
		halt_failed(st, "exception: " + cleaned(e.what()));
	} catch (...) {
		halt_failed(st, "exception of unknown type");
	}
	if (halted(st, 0))
		return;
	if (s.now != phase::done)
		halt_failed(st, "the body returned before its loop had ended");
	else if (b.manual_time && !s.timed)
		halt_failed(st, "manual time was never set");
}

// What the library would only find out half-way, or not at all.
int check_plan()
{
	if (proc.kept_error)
		return proc.kept_error;
	for (const auto &b : proc.benches)
		if (b->nargs > 0 && !b->has_args)
			return -EINVAL;
	if (!proc.out.empty()) {
		int fd = open(proc.out.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

		if (fd < 0)
			return -errno;
		close(fd);
	}
	return 0;
}

// The library returns 0 both for a filter it cannot read and for no match.
int check_filter()
{
	std::string filter = bm::GetBenchmarkFilter();
	regex_t re;

	if (!filter.empty() && filter[0] == '-')
		filter.erase(0, 1);
	if (regcomp(&re, filter.c_str(), REG_EXTENDED | REG_NOSUB))
		return -EINVAL;
	regfree(&re);
	return 0;
}

int run_with(bm::BenchmarkReporter *display)
{
	struct running_mark {
		running_mark()
		{
			proc.running = true;
		}
		~running_mark()
		{
			proc.running = false;
		}
	};
	std::unique_ptr<bm::BenchmarkReporter> file;
	size_t n;

	if (!proc.out.empty() && proc.out_format == "json")
		file = new_reporter(GBENCH_JSON);
	// A run fixes the number of arguments of those that have none.
	for (const auto &b : proc.benches)
		if (b->nargs < 0)
			b->nargs = 0;
	{
		running_mark mark;

		n = bm::RunSpecifiedBenchmarks(display, file.get());
	}
	return n ? static_cast<int>(n) : check_filter();
}

int prepare_run()
{
	int rc = usable();

	if (!rc && !proc.initialised)
		rc = gbench_init(nullptr, nullptr);
	return rc ? rc : check_plan();
}

/* ---- flags ---- */

struct usage_printed {
};

// The library would exit after this: leave its parser by an exception.
void print_usage()
{
	bm::PrintDefaultHelp();
	std::fflush(stdout);
	throw usage_printed();
}

void copy_flag(const char *word, const char *flag, std::string &value)
{
	size_t n = std::strlen(flag);

	if (!std::strncmp(word, flag, n))
		value = word + n;
}

bool is_help(const char *word)
{
	return !std::strcmp(word, "--help") || !std::strncmp(word, "--help=", 7);
}

int initialise(int *argc, char **argv)
{
	bool help = false;

	for (int i = 1; argc && argv && i < *argc; i++) {
		copy_flag(argv[i], "--benchmark_out=", proc.out);
		copy_flag(argv[i], "--benchmark_out_format=", proc.out_format);
		copy_flag(argv[i], "--benchmark_format=", proc.format);
		help = help || is_help(argv[i]);
	}
	try {
		bm::Initialize(argv ? argc : nullptr, argv, print_usage);
	} catch (const usage_printed &) {
		return help ? GBENCH_HELP : -EINVAL;
	}
	if (argc && argv)
		argv[*argc] = nullptr;
	proc.initialised = true;
	return 0;
}

/* ---- settings ---- */

template <typename F> int setting(gbench *b, F &&set) noexcept
{
	int rc = usable();

	if (rc)
		return rc;
	return keep(b ? guarded([&] { return set(*b, *b->family); }) : -EINVAL);
}

bool fits(const gbench &b, size_t n)
{
	return n > 0 && n <= 1000 && (b.nargs < 0 || b.nargs == static_cast<int>(n));
}

void took_args(gbench &b, size_t n)
{
	b.nargs = static_cast<int>(n);
	b.has_args = true;
}

std::unique_ptr<gbench> new_bench(const char *name, gbench_fn *fn, void *arg)
{
	auto b = std::make_unique<gbench>();
	const gbench *p = b.get();

	b->fn = fn;
	b->arg = arg;
	b->nargs = -1;
	b->family = bm::RegisterBenchmark(name, [p](bm::State &st) { run_body(*p, st); });
	return b;
}

/* ---- in the body ---- */

std::string formatted(const char *fmt, va_list args)
{
	char text[GBENCH_TEXT_MAX];

	if (std::vsnprintf(text, sizeof(text), fmt, args) < 0)
		return cleaned(fmt);
	return cleaned(text);
}

// All but the common case of a loop's turn. False: the loop has ended.
bool enter_turn(gbench_state &s)
{
	if (s.now == phase::done)
		return false;
	if (s.now == phase::paused && !halted(s.st, 0))
		s.st.ResumeTiming();
	s.now = phase::timing;
	return true;
}

bool in_loop(const gbench_state *s, phase now)
{
	return s && s->now == now && !halted(s->st, 0);
}

bm::Counter::Flags library_flags(unsigned int flags)
{
	using counter = bm::Counter;
	static const struct {
		unsigned int ours;
		counter::Flags theirs;
	} map[] = {
		{GBENCH_RATE, counter::kIsRate},
		{GBENCH_AVG_THREADS, counter::kAvgThreads},
		{GBENCH_INVARIANT, counter::kIsIterationInvariant},
		{GBENCH_AVG_ITERATIONS, counter::kAvgIterations},
		{GBENCH_INVERT, counter::kInvert},
	};
	counter::Flags result = counter::kDefaults;

	for (const auto &entry : map)
		if (flags & entry.ours)
			result = result | entry.theirs;
	return result;
}

constexpr unsigned int all_counter_flags = GBENCH_RATE | GBENCH_AVG_THREADS | GBENCH_INVARIANT |
					   GBENCH_AVG_ITERATIONS | GBENCH_INVERT | GBENCH_1024;

} // namespace

/* ---- the process ---- */

int gbench_init(int *argc, char **argv)
{
	int rc = usable();

	return rc ? rc : guarded([=] { return initialise(argc, argv); });
}

// The library's own calls come here too, and with them the second that it sleeps.
extern "C" int nanosleep(const timespec *time, timespec *left)
{
	int error = sleepless ? 0 : clock_nanosleep(CLOCK_REALTIME, 0, time, left);

	if (error)
		errno = error;
	return error ? -1 : 0;
}

int gbench_skip_clock_estimate(void)
{
	int rc = usable();

	return rc ? rc : guarded([] {
		sleepless = true;
		// Found out once a process, and kept.
		bm::CPUInfo::Get();
		sleepless = false;
		return 0;
	});
}

int gbench_report_unrecognized(int argc, char **argv)
{
	if (!argv || argc <= 1)
		return 0;
	return guarded([=] {
		bm::ReportUnrecognizedArguments(argc, argv);
		return argc - 1;
	});
}

int gbench_set_filter(const char *regex)
{
	if (!regex)
		return -EINVAL;
	if (proc.running)
		return -EBUSY;
	return guarded([=] {
		bm::SetBenchmarkFilter(regex);
		return 0;
	});
}

int gbench_add_context(const char *key, const char *value)
{
	int rc = usable();

	if (rc)
		return rc;
	return guarded([=] {
		const auto *context = bm::internal::GetGlobalContext();

		if (!clean_name(key) || !value)
			return -EINVAL;
		if (listed(context_fields, key) || (context && context->count(key)))
			return -EEXIST;
		bm::AddCustomContext(key, cleaned(value));
		return 0;
	});
}

int gbench_run(void)
{
	return guarded([] {
		std::unique_ptr<bm::BenchmarkReporter> own;
		int rc = prepare_run();

		if (rc)
			return rc;
		if (proc.format == "json")
			own = new_reporter(GBENCH_JSON);
		else if (proc.format == "csv")
			own = new_reporter(GBENCH_CSV);
		// The default one knows about colours. It exists once, and a
		// library left to fetch it itself would delete it after a run.
		return run_with(own ? own.get() : bm::CreateDefaultDisplayReporter());
	});
}

int gbench_run_fd(int fd, int format)
{
	int mode = fcntl(fd, F_GETFL);

	if (mode < 0 || (mode & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	if (format != GBENCH_CONSOLE && format != GBENCH_JSON && format != GBENCH_CSV)
		return -EINVAL;
	return guarded([=] {
		fd_buffer buffer(fd);
		std::ostream out(&buffer);
		auto display = new_reporter(format);
		int rc = prepare_run();

		if (rc)
			return rc;
		display->SetOutputStream(&out);
		rc = run_with(display.get());
		out.flush();
		return buffer.error() ? -buffer.error() : rc;
	});
}

int gbench_clear(void)
{
	if (proc.running)
		return -EBUSY;
	return guarded([] {
		bm::ClearRegisteredBenchmarks();
		proc.benches.clear();
		proc.kept_error = 0;
		return 0;
	});
}

int gbench_shutdown(void)
{
	if (proc.running)
		return -EBUSY;
	if (proc.shut_down)
		return 0;
	proc.shut_down = true;
	return guarded([] {
		bm::Shutdown();
		return 0;
	});
}

/* ---- registration and settings ---- */

struct gbench *gbench_register(const char *name, gbench_fn *fn, void *arg)
{
	gbench *b = nullptr;
	int rc = usable();

	if (!rc)
		rc = keep(guarded([&] {
			if (!clean_name(name) || !fn)
				return -EINVAL;
			// Room first: a registration cannot be taken back.
			proc.benches.reserve(proc.benches.size() + 1);
			proc.benches.push_back(new_bench(name, fn, arg));
			b = proc.benches.back().get();
			return 0;
		}));
	if (rc)
		errno = -rc;
	return b;
}

int gbench_add_arg(struct gbench *b, int64_t x)
{
	return gbench_add_args(b, &x, 1);
}

int gbench_add_args(struct gbench *b, const int64_t *args, size_t n)
{
	return setting(b, [=](gbench &g, family_t &family) {
		if (!args || !fits(g, n))
			return -EINVAL;
		family.Args(std::vector<int64_t>(args, args + n));
		took_args(g, n);
		return 0;
	});
}

int gbench_add_range(struct gbench *b, int64_t lo, int64_t hi)
{
	return setting(b, [=](gbench &g, family_t &family) {
		if (lo > hi || !fits(g, 1))
			return -EINVAL;
		family.Range(lo, hi);
		took_args(g, 1);
		return 0;
	});
}

int gbench_set_range_multiplier(struct gbench *b, int multiplier)
{
	return setting(b, [=](gbench &, family_t &family) {
		if (multiplier < 2)
			return -EINVAL;
		family.RangeMultiplier(multiplier);
		return 0;
	});
}

int gbench_set_arg_names(struct gbench *b, const char *const *names, size_t n)
{
	return setting(b, [=](gbench &g, family_t &family) {
		std::vector<std::string> list;

		if (!names || !fits(g, n))
			return -EINVAL;
		for (size_t i = 0; i < n; i++) {
			if (!names[i] || cleaned(names[i]) != names[i])
				return -EINVAL;
			list.push_back(names[i]);
		}
		family.ArgNames(list);
		g.nargs = static_cast<int>(n);
		return 0;
	});
}

int gbench_set_iterations(struct gbench *b, int64_t n)
{
	return setting(b, [=](gbench &g, family_t &family) {
		if (n < 1 || g.has_min_time)
			return -EINVAL;
		family.Iterations(n);
		g.has_iterations = true;
		return 0;
	});
}

int gbench_set_repetitions(struct gbench *b, int n)
{
	return setting(b, [=](gbench &, family_t &family) {
		if (n < 1)
			return -EINVAL;
		family.Repetitions(n);
		return 0;
	});
}

int gbench_set_min_time(struct gbench *b, double seconds)
{
	return setting(b, [=](gbench &g, family_t &family) {
		if (!(seconds >= 1e-9) || !std::isfinite(seconds) || g.has_iterations)
			return -EINVAL;
		family.MinTime(seconds);
		g.has_min_time = true;
		return 0;
	});
}

int gbench_use_manual_time(struct gbench *b)
{
	return setting(b, [](gbench &g, family_t &family) {
		if (g.real_time)
			return -EINVAL;
		family.UseManualTime();
		g.manual_time = true;
		return 0;
	});
}

int gbench_use_real_time(struct gbench *b)
{
	return setting(b, [](gbench &g, family_t &family) {
		if (g.manual_time)
			return -EINVAL;
		family.UseRealTime();
		g.real_time = true;
		return 0;
	});
}

int gbench_measure_process_cpu_time(struct gbench *b)
{
	return setting(b, [](gbench &, family_t &family) {
		family.MeasureProcessCPUTime();
		return 0;
	});
}

int gbench_set_unit(struct gbench *b, int unit)
{
	return setting(b, [=](gbench &, family_t &family) {
		switch (unit) {
		case GBENCH_NS:
			family.Unit(bm::kNanosecond);
			return 0;
		case GBENCH_US:
			family.Unit(bm::kMicrosecond);
			return 0;
		case GBENCH_MS:
			family.Unit(bm::kMillisecond);
			return 0;
		case GBENCH_S:
			family.Unit(bm::kSecond);
			return 0;
		}
		return -EINVAL;
	});
}

int gbench_add_threads(struct gbench *b, int threads)
{
	return setting(b, [=](gbench &, family_t &family) {
		if (threads < 1 || threads > GBENCH_MAX_THREADS)
			return -EINVAL;
		family.Threads(threads);
		return 0;
	});
}

int gbench_set_report_aggregates_only(struct gbench *b, bool on)
{
	return setting(b, [=](gbench &, family_t &family) {
		family.ReportAggregatesOnly(on);
		return 0;
	});
}

int gbench_set_display_aggregates_only(struct gbench *b, bool on)
{
	return setting(b, [=](gbench &, family_t &family) {
		family.DisplayAggregatesOnly(on);
		return 0;
	});
}

/* ---- in the body ---- */

bool gbench_keep_running(struct gbench_state *s)
{
	try {
		if (__builtin_expect(s->now != phase::timing, 0) && !enter_turn(*s))
			return false;
		if (s->st.KeepRunning())
			return true;
	} catch (...) {
	}
	s->now = phase::done;
	return false;
}

bool gbench_keep_running_batch(struct gbench_state *s, int64_t n)
{
	if (n < 1) {
		gbench_fail(s, "a batch of %lld iterations", static_cast<long long>(n));
		n = 1;
	}
	try {
		if (__builtin_expect(s->now != phase::timing, 0) && !enter_turn(*s))
			return false;
		if (s->st.KeepRunningBatch(n))
			return true;
	} catch (...) {
	}
	s->now = phase::done;
	return false;
}

int64_t gbench_range(struct gbench_state *s, size_t i)
{
	size_t n = s->bench.has_args ? static_cast<size_t>(s->bench.nargs) : 0;

	if (i < n)
		return s->st.range(i);
	gbench_fail(s, "argument %zu asked for, %zu given", i, n);
	return 0;
}

int64_t gbench_iterations(const struct gbench_state *s)
{
	return s->st.iterations();
}

int gbench_threads(const struct gbench_state *s)
{
	return s->st.threads();
}

int gbench_thread_index(const struct gbench_state *s)
{
	return s->st.thread_index();
}

int gbench_set_iteration_time(struct gbench_state *s, double seconds)
{
	if (!s || !s->bench.manual_time || !(seconds >= 0 && seconds <= GBENCH_MAX_SECONDS))
		return -EINVAL;
	return guarded([=] {
		s->st.SetIterationTime(seconds);
		s->timed = true;
		return 0;
	});
}

int gbench_pause_timing(struct gbench_state *s)
{
	if (!in_loop(s, phase::timing))
		return -EINVAL;
	return guarded([=] {
		s->st.PauseTiming();
		s->now = phase::paused;
		return 0;
	});
}

int gbench_resume_timing(struct gbench_state *s)
{
	if (!in_loop(s, phase::paused))
		return -EINVAL;
	return guarded([=] {
		s->st.ResumeTiming();
		s->now = phase::timing;
		return 0;
	});
}

int gbench_set_counter(struct gbench_state *s, const char *name, double value, unsigned int flags)
{
	return guarded([=] {
		if (!s || !clean_name(name) || !std::isfinite(value) ||
		    (flags & ~all_counter_flags))
			return -EINVAL;
		if (listed(run_fields, name))
			return -EEXIST;
		s->st.counters[name] = bm::Counter(value, library_flags(flags),
						   flags & GBENCH_1024 ? bm::Counter::kIs1024 :
									 bm::Counter::kIs1000);
		return 0;
	});
}

int gbench_set_items_processed(struct gbench_state *s, int64_t items)
{
	return guarded([=] {
		if (!s || items < 0)
			return -EINVAL;
		s->st.SetItemsProcessed(items);
		return 0;
	});
}

int gbench_set_bytes_processed(struct gbench_state *s, int64_t bytes)
{
	return guarded([=] {
		if (!s || bytes < 0)
			return -EINVAL;
		s->st.SetBytesProcessed(bytes);
		return 0;
	});
}

int gbench_set_label(struct gbench_state *s, const char *fmt, ...)
{
	va_list args;
	int rc;

	if (!s || !fmt)
		return -EINVAL;
	va_start(args, fmt);
	rc = guarded([&] {
		s->st.SetLabel(formatted(fmt, args));
		return 0;
	});
	va_end(args);
	return rc;
}

int gbench_fail(struct gbench_state *s, const char *fmt, ...)
{
	va_list args;
	int rc;

	if (!s || !fmt)
		return -EINVAL;
	va_start(args, fmt);
	rc = guarded([&] {
		halt_failed(s->st, formatted(fmt, args));
		return 0;
	});
	va_end(args);
	return rc;
}

int gbench_skip(struct gbench_state *s, const char *fmt, ...)
{
	va_list args;
	int rc;

	if (!s || !fmt)
		return -EINVAL;
	va_start(args, fmt);
	rc = guarded([&] {
		halt_skipped(s->st, formatted(fmt, args), 0);
		return 0;
	});
	va_end(args);
	return rc;
}
