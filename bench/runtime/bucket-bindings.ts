/** What Miniflare's options cannot say: R2 in another process than the Worker that uses it. */
interface Options {
  config: { env?: Record<string, { type: string; dev?: { options?: { address?: string } } }> }
}

export const TYPE = 'detached-bucket'
// Miniflare's R2, which stands beside every Worker that has a bucket.
const R2 = { name: 'r2:bucket:entry', props: { json: '{"MINIFLARE_NAMESPACE":"bucket"}' } }

/** A plugin: without an address it gives its Worker that R2 as a service, with one a bucket that is there. */
export const plugins = {
  [TYPE]: {
    bindingTypeDescription: 'a bucket in another process',
    getBindings: (options: Options) =>
      found(options).map(({ name, address }) =>
        address === undefined ? { name, service: R2 } : { name, r2Bucket: { name: TYPE } },
      ),
    getNodeBindings: () => ({}),
    getServices: ({ options }: { options: Options }) =>
      found(options).flatMap(({ address }) =>
        address === undefined ? [] : [{ name: TYPE, external: { address, http: {} } }],
      ),
  },
}

const found = ({ config }: Options) =>
  Object.entries(config.env ?? {})
    .filter(([, { type }]) => type === `unsafe:${TYPE}`)
    .map(([name, { dev }]) => ({ name, address: dev?.options?.address }))
