// What the parts of the client may weigh, minified and gzipped: `npx size-limit --json`. test/client/live/package.test.ts holds them to it.

/** The store, whose other files these import. */
const STORE = {
  excerpt: 'Excerpt',
  presences: 'Presences',
  'room-list': 'RoomList',
  'room-log': 'RoomLog',
  typing: 'Typing',
  unsent: 'Unsent',
  users: 'Users',
}

/** A part without what it shares with the others. */
const part = (name, given, limit, without = []) => ({
  name,
  ...given,
  limit,
  gzip: true,
  modifyEsbuildConfig: (config) => ({ ...config, external: ['react', ...without] }),
})

const file = (path) => ({ path: `src/client/${path}` })

/** One bundle of all of these. */
const files = (names) => ({
  import: Object.fromEntries(
    Object.entries(names).map(([name, value]) => [`src/client/store/${name}.ts`, `{ ${value} }`]),
  ),
})

export default [
  part('the core', file('chatroom-client.ts'), '8 kB', ['./store/*', '../store/*']),
  part('the store', files(STORE), '5 kB'),
  part('both', file('chatroom-client.ts'), '13 kB'),
  part('the outbox', file('outbox.ts'), '3 kB', ['./connection/*']),
  part('the hooks', file('react/chatroom-react.ts'), '2 kB'),
]
