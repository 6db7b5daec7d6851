/**
 * Completes package-lock.json after an `npm install` against a registry that lacks some packages: `npm ci` refuses a lock in which
 * an optional dependency is missing, even one for another platform that it would never install.
 *
 *   node infra/lock/complete-lock.ts [package-lock.json]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { completeLock, type Lock } from './lock-gaps.ts';

const file = process.argv[2] ?? 'package-lock.json';
const lock: Lock = JSON.parse(readFileSync(file, 'utf8'));
const { completed, added } = completeLock(lock);
writeFileSync(file, `${JSON.stringify(completed, null, 2)}\n`);
console.log(added.length === 0 ? 'nothing was missing' : `added: ${added.join(', ')}`);
