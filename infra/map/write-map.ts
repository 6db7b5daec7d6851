import { writeFileSync } from 'node:fs';
import { MAP_FILE, mapText } from './map-file.ts';

writeFileSync(MAP_FILE, mapText());
console.log(`wrote ${MAP_FILE}`);
