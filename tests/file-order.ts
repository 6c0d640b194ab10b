import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes a minute and more; last it would run alone, while the second worker has nothing left to do. */
const long = ['package/packages', 'docs/site', 'browser/whiteboard', 'bench/bench', 'rehearsal/rehearsal'];
const projects = ['system', 'unit', 'vue'];

/** Project by project: a worker that goes from one to another begins anew, and imports everything again. */
export class FileOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project, moduleId }: TestSpecification): number => {
      const at = long.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
      return projects.indexOf(project.name) * 100 + (at < 0 ? long.length : at);
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
