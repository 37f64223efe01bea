#!/usr/bin/env node
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './bootstrap/program.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
await runProgram(root, process.argv.slice(2));
