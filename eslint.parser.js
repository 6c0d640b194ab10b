import process from 'node:process';
import ts from 'typescript';
import { parser } from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';

/**
 * typescript-eslint's parser, with one program for the whole of a run. Its project service holds a program a package, and
 * makes it anew for each Vue file: what is linted of one is its script, and on disk stands its template too.
 */
export function parseForESLint(code, options) {
  const known = options.projectService && runsOnce && getProgram();
  // What `--fix` has changed, and what no tsconfig names, is left to the project service.
  return known && known.getSourceFile(options.filePath)?.text === code
    ? parser.parseForESLint(code, { ...options, projectService: undefined, programs: [known] })
    : parser.parseForESLint(code, options);
}

/** An editor lints files as they change; a command line's stay. */
const runsOnce = /\beslint(\.js)?$/.test(process.argv[1] ?? '');

let program;

function getProgram() {
  program ??= createProgram();
  return program;
}

function createProgram() {
  const path = `${import.meta.dirname}/tsconfig.json`;
  const vueFiles = { extension: '.vue', isMixedContent: false, scriptKind: ts.ScriptKind.Deferred };
  const { fileNames, options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path, ts.sys.readFile).config,
    ts.sys,
    import.meta.dirname,
    { allowNonTsExtensions: true },
    path,
    undefined,
    [vueFiles],
  );
  const host = ts.createCompilerHost(options);
  // As ESLint passes it: of a Vue file its script, and no shebang.
  host.readFile = (name) => {
    const text = ts.sys.readFile(name);
    return name.endsWith('.vue') ? scriptOf(text ?? '') : text?.replace(/^#!/, '//');
  };
  return ts.createProgram(fileNames, options, host);
}

/** vue-eslint-parser passes the script, and each expression of the template; to the script alone it leaves the project. */
function scriptOf(sfc) {
  let script = '';
  const parseForESLint = (code, { projectService, ...options }) => {
    if (projectService) script = code;
    return parser.parseForESLint(code, options);
  };
  vueParser.parse(sfc, {
    filePath: '.vue',
    sourceType: 'module',
    projectService: true,
    parser: { parseForESLint },
  });
  return script;
}
