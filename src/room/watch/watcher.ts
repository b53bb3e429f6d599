import type * as store from '../store/watchers'

/** An inbox that is told of changes, and how far it was told. */
export interface Watcher extends store.Watcher {
  /** The last change that the inbox was told of. */
  told: number
  toldSettings: number
  failures: number
  isBusy: boolean
}

/** One that knows everything up to a change. */
export const newWatcher = (row: store.Watcher, told: number): Watcher => ({
  ...row,
  told,
  toldSettings: told,
  failures: 0,
  isBusy: false,
})
