/** What a person sets so that packages can be fetched from where this machine may fetch them. */
const PASSED_ON = [
  ...['PATH', 'HOME', 'USER', 'TMPDIR', 'NETRC', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'],
  ...['PYENV_ROOT', 'PYENV_VERSION'],
];

const PROXY = /^(https?|all|no)_proxy$/i;

/** Settings that would install elsewhere than into the environment, or nothing at all. */
const ELSEWHERE = ['PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT', 'PIP_USER', 'PIP_DRY_RUN', 'PIP_PYTHON'];

export function toInstallerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const passed = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isPassedOn(entry[0]),
  );
  return { ...Object.fromEntries(passed), LANG: 'C.UTF-8' };
}

/** What packages see that are loaded for the first time: no address, and so no password in one. */
const FOR_PACKAGES = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

export function toPackageEnvironment(
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const seen = Object.entries(environment).filter(([name]) => FOR_PACKAGES.includes(name));
  return Object.fromEntries(seen);
}

function isPassedOn(name: string): boolean {
  if (PASSED_ON.includes(name) || PROXY.test(name)) return true;
  return name.startsWith('PIP_') && !ELSEWHERE.includes(name);
}
