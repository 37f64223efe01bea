import { type Module, parseModule } from './module.ts';

export type SourceFile = { readonly path: string; readonly text: string };

export type Finding = { readonly path: string; readonly line: number; readonly message: string };

/** A rule is a pure function over files, so that its test can plant a breach. */
export type Rule = {
  readonly name: string;
  readonly check: (tree: Tree) => readonly Finding[];
};

export type Tree = {
  readonly files: readonly SourceFile[];
  readonly modules: readonly Module[];
  readonly byPath: ReadonlyMap<string, SourceFile>;
  /** Every folder that holds a file, at any depth, without a trailing slash. */
  readonly folders: ReadonlySet<string>;
};

export function createTree(files: readonly SourceFile[]): Tree {
  return {
    files,
    modules: files.filter((file) => /\.(ts|mjs)$/.test(file.path)).map(parseModule),
    byPath: new Map(files.map((file) => [file.path, file])),
    folders: new Set(files.flatMap((file) => listParents(file.path))),
  };
}

function listParents(path: string): readonly string[] {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

/** Written by a program: style and size are the program's business. */
export function isGenerated(path: string): boolean {
  return /\.generated\.[a-z]+$/.test(path) || path === 'package-lock.json';
}

/** One finding for each line that matches. */
export function findInLines(
  file: SourceFile,
  pattern: RegExp,
  toMessage: (match: RegExpExecArray) => string,
): readonly Finding[] {
  return file.text.split('\n').flatMap((text, index) => {
    const match = pattern.exec(text);
    return match === null ? [] : [{ path: file.path, line: index + 1, message: toMessage(match) }];
  });
}
