import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Every path below a folder with its mode and text, sorted: two equal trees are equal texts. */
export async function readFolderTree(
  root: string,
  options: { readonly leaveOut: readonly string[] },
): Promise<readonly string[]> {
  const lines: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const name of (await readdir(folder)).sort()) {
      if (options.leaveOut.includes(name)) continue;
      const path = join(folder, name);
      const stats = await lstat(path);
      const text = stats.isFile() ? ` ${await readFile(path, 'utf8')}` : '';
      lines.push(`${(stats.mode & 0o777).toString(8)} ${relative(root, path)}${text}`);
      if (stats.isDirectory()) await visit(path);
    }
  };
  await visit(root);
  return lines;
}
