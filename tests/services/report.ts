import type { Reporter, TestModule } from 'vitest/node';

/**
 * The last words of a run: the suites that were skipped because this machine lacks a service, loudly, and one
 * plain line of numbers. Written when the process ends, so that no other reporter writes after it.
 */
export class ClosingReport implements Reporter {
  #lines = '';

  onInit(): void {
    process.once('exit', () => process.stdout.write(this.#lines));
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: string) => states.filter((each) => each === state).length;
    // A file that cannot be loaded has no tests to count, but it is a failure.
    const unloaded = modules.filter((module) => module.errors().length > 0).length;
    this.#lines = closingLines(
      absentSuites(modules),
      count('passed'),
      count('failed') + unloaded,
      count('skipped'),
    );
  }
}

export function closingLines(absent: string[], passed: number, failed: number, skipped: number): string {
  const loud = absent.length
    ? [
        '',
        `NOT PROVED HERE: ${absent.length} suites skipped for want of a service`,
        ...absent.map((each) => `  ${each}`),
        '',
      ]
    : [];
  return [...loud, `${passed} passed, ${failed} failed, ${skipped} skipped`, ''].join('\n');
}

function absentSuites(modules: readonly TestModule[]): string[] {
  return modules.flatMap((module) =>
    [...module.children.allSuites()]
      .filter((suite) => suite.name.includes('[absent '))
      .map((suite) => `${module.relativeModuleId}: ${suite.name}`),
  );
}
