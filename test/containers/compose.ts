import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { dockerSays } from './docker.ts';
import { ROOT } from './images.ts';

const MAX_OUTPUT = 64 * 1024 * 1024;
const run = promisify(execFile);

/** One project of docker-compose.yml, with its variables. */
export class Compose {
  readonly #project: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(project: string, env: Readonly<Record<string, string>>) {
    this.#project = project;
    this.#env = env;
  }

  /** Starts everything that its images are there for, in the background. */
  up(): Promise<string> {
    return this.#run('up', '--detach', '--no-build');
  }

  /** Ends it and removes containers, networks and volumes. */
  down(): Promise<string> {
    return this.#run('down', '--volumes', '--timeout', '20');
  }

  logs(): Promise<string> {
    return this.#run('logs', '--no-color', '--tail', '40');
  }

  /** The container that runs a service. */
  async container(service: string): Promise<string> {
    return (await this.#run('ps', '--quiet', service)).trim();
  }

  async #run(...args: string[]): Promise<string> {
    const plugin = await dockerSays('compose', 'version');
    const [program, ...first] = plugin ? ['docker', 'compose'] : ['docker-compose'];
    const { stdout } = await run(program ?? '', [...first, '--project-name', this.#project, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...this.#env },
      maxBuffer: MAX_OUTPUT,
    });
    return stdout;
  }
}
