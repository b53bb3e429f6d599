import { Refusal } from './refusal.mjs'

/**
 * @typedef {object} Options
 * @property {number} port 0 asks for any free port
 * @property {string} host where people reach the server
 * @property {string} storage the folder that keeps what the server stores
 * @property {string[]} rest what wrangler is told beside
 */

/**
 * What `npm start -- ARGUMENTS` and PORT ask for. Wrangler takes all arguments but `--port`.
 * @param {string[]} args
 * @param {string | undefined} PORT
 * @returns {Options}
 */
export function optionsOf(args, PORT) {
  const given = argument(args, '--port')
  const [name, text] = given === undefined ? ['PORT', PORT || '8787'] : ['--port', given]
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Refusal(
      `${name} is "${text}", and a port is a number from 1 to 65535 (0 takes any that is free). Try: npm start -- --port 8787`,
    )
  }
  const ip = argument(args, '--ip')
  return {
    port,
    host: !ip || ['*', '0.0.0.0', '::', '127.0.0.1', '::1'].includes(ip) ? 'localhost' : ip,
    storage: argument(args, '--persist-to') ?? '.wrangler/state',
    rest: args.filter((arg, i) => !/^--port(=|$)/.test(arg) && args[i - 1] !== '--port'),
  }
}

/**
 * The value of `--name value` or `--name=value`; the last one given wins.
 * @param {string[]} args
 * @param {string} name
 */
function argument(args, name) {
  /** @type {string | undefined} */
  let value
  for (const [i, arg] of args.entries()) {
    if (arg === name) value = args[i + 1] ?? ''
    if (arg.startsWith(`${name}=`)) value = arg.slice(name.length + 1)
  }
  return value
}
