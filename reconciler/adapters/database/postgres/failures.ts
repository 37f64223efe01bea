import { CodedError, type Remedy } from '../../../core/contracts/coded-error.ts';

/**
 * SQLSTATE classes that speak of the server, the network or other transactions, and not of our
 * statement: 08 connection, 25006 read-only standby, 40 rolled back, 53 out of resources,
 * 55 wrong state (a lock timeout), 57 stopped or cancelled, 58 the machine.
 */
const RETRY = /^(08|25006|40|53|55|57|58)/;

/** 28 not authorised, 3D no such database, 42501 no right: the same again until someone acts. */
const STOP = /^(28|3D|42501)/;

/** What the driver itself reports carries no code, or one of Node's. */
const DRIVER_MESSAGE =
  /^(Connection terminated|timeout expired|timeout exceeded|Query read timeout|Client has encountered a connection error|Client was closed|The server does not support SSL)/;

/**
 * Everything that the database throws passes through here. The server's detail and context are
 * left out: they quote rows. A statement that the server finds wrong is a defect of ours and
 * stays an ordinary error.
 */
export function toStoreFailure(error: unknown): Error {
  if (error instanceof CodedError) return error;
  if (!(error instanceof Error)) return new Error('the database threw what is no error');
  const code = readCode(error);
  const remedy = toRemedy(code, error.message);
  if (remedy !== null) {
    return new CodedError('P401', `the store is unavailable: ${describe(error)}`, {
      remedy,
      details: code === null ? {} : { reason: code },
    });
  }
  if (!isSqlState(code)) return error;
  // The messages of class 22 quote the value that did not fit.
  const why = code.startsWith('22') ? 'a value does not fit its type' : error.message;
  return new SqlFailure(code, `SQLSTATE ${code}: ${why}`);
}

/** A statement that was refused for what it says, by its SQLSTATE. */
class SqlFailure extends Error {
  readonly sqlState: string;
  constructor(sqlState: string, message: string) {
    super(message);
    this.name = 'SqlFailure';
    this.sqlState = sqlState;
  }
}

function toRemedy(code: string | null, message: string): Remedy | null {
  if (isSqlState(code)) return RETRY.test(code) ? 'retry' : STOP.test(code) ? 'stop' : null;
  // Node's codes of sockets and name look-ups: ECONNREFUSED, ENOTFOUND, EPIPE and their like.
  if (code !== null && /^E[A-Z]+/.test(code)) return 'retry';
  // The driver refuses to log in: a password is missing, or the other side is not our server.
  if (message.startsWith('SASL')) return 'stop';
  return DRIVER_MESSAGE.test(message) ? 'retry' : null;
}

function isSqlState(code: string | null): code is string {
  return code !== null && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}

function readCode(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** An address that resolves to several gives an AggregateError with an empty message. */
function describe(error: Error): string {
  if (error.message !== '') return error.message;
  return error instanceof AggregateError ? describe(error.errors[0] as Error) : 'no connection';
}
