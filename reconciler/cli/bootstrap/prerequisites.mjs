import {
  formatMissing,
  judgeDisk,
  judgeFolder,
  judgeGit,
  judgeNode,
  judgeNpm,
  judgeOpenMp,
  judgePlatform,
  judgePorts,
  judgePython,
  judgeSshKeygen,
} from './judgements.mjs';
import {
  canWriteTo,
  findInPath,
  findNpm,
  probeFreeBytes,
  probeLinkerCache,
  probeOpenMpPaths,
  probePorts,
  probePythons,
  readOutput,
} from './machine.mjs';

/** The judgements of everything that was probed; the order is the order of the printed lines. */
export function judgeAll(verb, facts) {
  const judged = [
    judgePlatform(facts.platform),
    judgeNode(facts.nodeVersion),
    judgeNpm(facts.npm),
    judgeGit(facts.gitVersion),
    judgePython(facts.pythons),
    judgeOpenMp(facts.platform, facts.linkerCache, facts.openMpPaths),
    judgeFolder(facts.folder, facts.isWritable),
    judgeDisk(facts.folder, facts.freeBytes),
    judgePorts(facts.ports.opened, facts.ports.why),
    verb === 'test' ? judgeSshKeygen(facts.hasSshKeygen) : null,
  ];
  return judged.filter((missing) => missing !== null).map(formatMissing);
}

export async function probeAll(folder, environment) {
  return {
    folder,
    platform: process.platform,
    nodeVersion: process.versions.node,
    npm: findNpm(environment),
    gitVersion: readOutput('git', ['--version']),
    pythons: probePythons(),
    linkerCache: process.platform === 'linux' ? probeLinkerCache() : '',
    openMpPaths: probeOpenMpPaths(),
    isWritable: canWriteTo(folder),
    freeBytes: probeFreeBytes(folder),
    ports: await probePorts(),
    hasSshKeygen: findInPath('ssh-keygen', environment.PATH) !== null,
  };
}
