/** How a benchmark is run. */
export interface BenchmarkOptions {
  /** So few counts that the figures mean nothing: to see that it works. */
  isQuick: boolean;
  /** A folder for a CPU profile of each process that is measured. */
  profileFolder?: string | undefined;
  /** Hears what is going on. */
  progress: (line: string) => void;
}

export interface Report {
  /** For people. */
  text: string;
  /** For programs: one line of JSON. */
  figures: object;
}

/** Measures ours beside peers or beside a limit in one run, so that the ratios hold on a busy machine too. */
export interface Benchmark {
  /** One line for the list of benchmarks. */
  summary: string;
  run(options: BenchmarkOptions): Promise<Report>;
}
