import { describe, expect, it } from 'vitest';
import {
  DISK_MINIMUM_BYTES,
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
  LOOPBACK_PORTS,
  parseVersion,
} from '../../../reconciler/cli/bootstrap/judgements.mjs';

describe('what a machine must offer', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '24.9.1'])('accepts Node %s', (version) => {
    expect(judgeNode(version)).toBeNull();
  });

  it.each(['16.20.2', '18.20.8', '20.18.3', '21.7.0', '22.11.0', '25.0.0'])(
    'refuses Node %s',
    (version) => {
      expect(judgeNode(version)?.what).toContain(`found ${version}`);
    },
  );

  it.each(['git version 2.34.0', 'git version 2.50.1 (Apple Git-155)', 'git version 3.0.0'])(
    'accepts %s',
    (output) => {
      expect(judgeGit(output)).toBeNull();
    },
  );

  it('refuses an old Git and a missing one', () => {
    expect(judgeGit('git version 2.30.2')?.what).toContain('found 2.30');
    expect(judgeGit(null)?.what).toContain('found none');
  });

  it('refuses a system that has no processes as we need them', () => {
    expect(judgePlatform('linux')).toBeNull();
    expect(judgePlatform('darwin')).toBeNull();
    expect(judgePlatform('win32')?.how).toContain('WSL');
  });

  it('names the library, the folder, the disk, the ports, npm and ssh-keygen', () => {
    expect(judgeOpenMp('linux', '', [])?.how).toContain('libgomp1');
    expect(judgeFolder('/srv/plumbline', false)?.what).toContain('/srv/plumbline');
    expect(judgeDisk('/srv', 5 * 1024 * 1024)?.what).toContain('5 MiB left');
    expect(judgePorts(LOOPBACK_PORTS - 1, 'EADDRNOTAVAIL')?.what).toContain('EADDRNOTAVAIL');
    expect(judgeNpm(null)?.what).toContain('npm');
    expect(judgeSshKeygen(false)?.how).toContain('openssh-client');
  });

  it('is content with what is there', () => {
    const linkerCache = '\tlibgomp.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libgomp.so.1\n';
    expect(judgeOpenMp('linux', linkerCache, [])).toBeNull();
    expect(judgeOpenMp('linux', '', ['/usr/lib64/libgomp.so.1'])).toBeNull();
    expect(judgeOpenMp('darwin', '', [])).toBeNull();
    expect(judgeFolder('/srv', true)).toBeNull();
    expect(judgeDisk('/srv', DISK_MINIMUM_BYTES)).toBeNull();
    expect(judgeDisk('/srv', null)).toBeNull();
    expect(judgePorts(LOOPBACK_PORTS, null)).toBeNull();
    expect(judgeNpm({ file: 'npm', prefix: [] })).toBeNull();
    expect(judgeSshKeygen(true)).toBeNull();
  });
});

describe('Python', () => {
  it('accepts the first interpreter that is recent and has venv', () => {
    const interpreters = [
      { name: 'python3', version: '3.9', hasVenv: true },
      { name: 'python3.11', version: '3.11', hasVenv: true },
    ];
    expect(judgePython(interpreters)).toBeNull();
  });

  it('tells a missing module from a missing interpreter', () => {
    const bare = [{ name: 'python3', version: '3.11', hasVenv: false }];
    expect(judgePython(bare)?.how).toContain('python3-venv');
    const old = [{ name: 'python3', version: '3.9', hasVenv: true }];
    expect(judgePython(old)?.what).toContain('found 3.9');
    expect(judgePython([])?.what).toContain('found none');
  });
});

describe('the line that is printed', () => {
  it('has the code, what is missing and how to get it, on one line', () => {
    const line = formatMissing({ what: 'Git is missing', how: 'apt-get install git' });
    expect(line).toBe('P602 Git is missing. Get it: apt-get install git');
  });

  it('reads a version out of any text', () => {
    expect(parseVersion('Python 3.11.7')).toEqual([3, 11]);
    expect(parseVersion('no digits here')).toBeNull();
    expect(parseVersion(null)).toBeNull();
  });
});
