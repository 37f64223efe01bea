/**
 * Small, because it shares a laptop with everything else, and durable, because the journal is in
 * it. Given as arguments, so that an upgrade of Plumbline changes them without touching files.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  cluster_name: 'plumbline',
  // Loopback only: no socket file, whose path could be too long and whose folder would need care.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  min_wal_size: '32MB',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // No helper processes for reading, and no compiling of queries that take a millisecond.
  io_method: 'sync',
  jit: 'off',
  // Terse and without statements or parameters: rows must not reach a log.
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: '0',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

export function toServerArguments(dataFolder: string, port: number): readonly string[] {
  const settings = { ...SETTINGS, port: String(port) };
  return [
    '-D',
    dataFolder,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}
