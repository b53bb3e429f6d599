// What the parts of the client may weigh, minified and gzipped: `npx size-limit --json`. test/client/live/package.test.ts holds them to it.
const STORE = ['message-window', 'observable', 'room-list', 'room-log', 'typing', 'unsent', 'users']

/** A part without what it shares with the others. */
const part = (name, path, limit, without = []) => ({
  name,
  path,
  limit,
  gzip: true,
  modifyEsbuildConfig: (config) => ({ ...config, external: ['react', ...without] }),
})

export default [
  part('the core', 'src/client/chatroom-client.ts', '8 kB', ['./store/*', '../store/*']),
  part(
    'the store',
    STORE.map((name) => `src/client/store/${name}.ts`),
    '5 kB',
  ),
  part('both', 'src/client/chatroom-client.ts', '13 kB'),
  part('the outbox', 'src/client/outbox.ts', '3 kB', ['./connection/*']),
  part('the hooks', 'src/client/react/chatroom-react.ts', '2 kB'),
]
