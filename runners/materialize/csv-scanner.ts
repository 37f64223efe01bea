import { TextDecoder } from 'node:util';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';

/** Longer records are no data but a quote that nobody closed, or an attack. */
export const MAX_RECORD_BYTES = 1024 * 1024;

const MAX_FIELDS = 4_096;

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

export type CsvScan = {
  readonly header: readonly string[];
  /** Records below the header. */
  readonly rows: number;
};

export interface CsvScanner {
  /** Takes the next bytes. Throws P801, by line and never by content, when they are no such text. */
  take(chunk: Uint8Array): void;
  end(): CsvScan;
}

/**
 * Reads strictly what RFC 4180 describes, and nothing more forgiving: UTF-8, a header, as many
 * fields in each record, quotes only around whole fields, one sort of line end. DuckDB reads the
 * same bytes afterwards, but loses rows without a word where a quote is not closed.
 */
export function createCsvScanner(): CsvScanner {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const scan = new Scan();
  let isFirst = true;
  return {
    take(chunk) {
      decode(decoder, chunk, scan);
      const isMarked = isFirst && BYTE_ORDER_MARK.every((byte, index) => chunk[index] === byte);
      isFirst = false;
      for (const byte of isMarked ? chunk.subarray(BYTE_ORDER_MARK.length) : chunk) {
        scan.takeByte(byte);
      }
    },
    end() {
      decode(decoder, null, scan);
      return scan.end();
    },
  };
}

function decode(decoder: TextDecoder, chunk: Uint8Array | null, scan: Scan): void {
  try {
    if (chunk === null) decoder.decode();
    else decoder.decode(chunk, { stream: true });
  } catch {
    throw new CodedError('P801', `the file is no UTF-8 text, in or after line ${scan.line}`);
  }
}

type State = 'field-start' | 'unquoted' | 'quoted' | 'quote-in-quoted' | 'carriage-return';

/** Where the reading stands. */
class Scan {
  line = 1;
  private state: State = 'field-start';
  private fields = 1;
  private recordBytes = 0;
  private records = 0;
  private width: number | null = null;
  private lineEnd: '\n' | '\r\n' | null = null;
  private hasQuote = false;
  private readonly header: string[] = [];
  /** The name being read, while it is the header's turn. */
  private name: number[] = [];

  takeByte(byte: number): void {
    if (byte === 0) throw this.refuse('holds a NUL byte');
    this.recordBytes += 1;
    if (this.recordBytes > MAX_RECORD_BYTES) {
      throw this.refuse(`ends or continues a record of more than ${MAX_RECORD_BYTES} bytes`);
    }
    if (this.state === 'quoted') this.takeQuoted(byte);
    else this.takeOpen(byte);
  }

  private takeQuoted(byte: number): void {
    if (byte === LINE_FEED) this.line += 1;
    if (byte === QUOTE) this.state = 'quote-in-quoted';
    else this.keep(byte);
  }

  private takeOpen(byte: number): void {
    if (byte === LINE_FEED) this.endRecord(this.state === 'carriage-return' ? '\r\n' : '\n');
    else if (this.state === 'carriage-return') throw this.refuse('has a carriage return inside');
    else if (byte === QUOTE) this.takeQuote();
    else if (byte === COMMA) this.endField();
    else if (byte === CARRIAGE_RETURN) this.state = 'carriage-return';
    else if (this.state === 'quote-in-quoted') throw this.refuse('goes on after a closing quote');
    else {
      this.state = 'unquoted';
      this.keep(byte);
    }
  }

  private takeQuote(): void {
    if (this.state === 'unquoted') throw this.refuse('has a quote inside an unquoted field');
    // Two quotes inside a quoted field stand for one.
    if (this.state === 'quote-in-quoted') this.keep(QUOTE);
    this.hasQuote = true;
    this.state = 'quoted';
  }

  private keep(byte: number): void {
    if (this.width === null) this.name.push(byte);
  }

  private keepName(): void {
    if (this.width !== null) return;
    this.header.push(Buffer.from(this.name).toString('utf8'));
    this.name = [];
  }

  private endField(): void {
    this.fields += 1;
    if (this.fields > MAX_FIELDS) throw this.refuse(`has more than ${MAX_FIELDS} fields`);
    this.keepName();
    this.state = 'field-start';
  }

  private endRecord(lineEnd: '\n' | '\r\n'): void {
    this.lineEnd ??= lineEnd;
    if (this.lineEnd !== lineEnd) throw this.refuse('ends otherwise than the lines before');
    this.closeRecord(this.recordBytes === lineEnd.length && !this.hasQuote);
    this.line += 1;
  }

  /** A blank line says nothing, except where it is the one field of a record. */
  private closeRecord(isBlank: boolean): void {
    this.keepName();
    if (this.width === null) {
      if (isBlank) throw this.refuse('is blank where the names of the columns should be');
      this.width = this.fields;
    } else if (!isBlank || this.width === 1) {
      if (this.fields !== this.width) {
        throw this.refuse(`has ${this.fields} fields where the header has ${this.width}`);
      }
      this.records += 1;
    }
    this.state = 'field-start';
    this.fields = 1;
    this.recordBytes = 0;
    this.hasQuote = false;
  }

  end(): CsvScan {
    if (this.state === 'quoted') throw this.refuse('has a quote that is never closed');
    if (this.state === 'carriage-return') throw this.refuse('has a carriage return inside');
    if (this.recordBytes > 0) this.closeRecord(false);
    if (this.width === null) throw this.refuse('should have the names of the columns');
    return { header: this.header, rows: this.records };
  }

  private refuse(how: string): CodedError {
    return new CodedError('P801', `line ${this.line} ${how}`);
  }
}
