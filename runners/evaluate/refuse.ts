import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';

/** The model, or what its trainer says of it, is bad: training again with the same inputs is vain. */
export function refuse(why: string): CodedError {
  return new CodedError('P804', why);
}

/** What we were given to measure with is not what was promised. */
export function fault(why: string): CodedError {
  return new CodedError('P808', why);
}
