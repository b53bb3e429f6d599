import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { sentenceOf } from './sentences'

export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

export interface Reading<T> {
  value: T | null
  problem: string | null
  reload: () => void
}

/** Reads something of the service, again whenever its path changes. A null path reads nothing. */
export function useReading<T>(path: string | null): Reading<T> {
  const chat = useChat()
  const [state, setState] = useState<{
    path: string | null
    value: T | null
    problem: string | null
  }>({
    path,
    value: null,
    problem: null,
  })
  const latest = useRef(0)
  const reload = useCallback(async () => {
    const turn = ++latest.current
    if (path === null) return
    try {
      const value = await chat.request<T>('GET', path)
      if (turn === latest.current) setState({ path, value, problem: null })
    } catch (error) {
      if (turn !== latest.current) return
      setState((before) => ({
        path,
        value: before.path === path ? before.value : null,
        problem: sentenceOf(error),
      }))
    }
  }, [chat, path])
  useEffect(() => {
    reload()
    return () => {
      latest.current += 1
    }
  }, [reload])
  // What was read of another path is not what is asked for now.
  const isCurrent = state.path === path
  return {
    value: isCurrent ? state.value : null,
    problem: isCurrent ? state.problem : null,
    reload,
  }
}

export interface Listing<T> {
  items: readonly T[]
  isLoading: boolean
  hasMore: boolean
  problem: string | null
  loadMore: () => void
  reload: () => void
}

interface ListState<T> {
  path: string | null
  items: T[]
  cursor: string | null
  isLoading: boolean
  problem: string | null
}

const nothingOf = (path: string | null): ListState<never> => ({
  path,
  items: [],
  cursor: null,
  isLoading: path !== null,
  problem: null,
})

/** A list that is read page by page. */
export function useListing<T>(path: string | null): Listing<T> {
  const chat = useChat()
  const [state, setState] = useState<ListState<T>>(() => nothingOf(path))
  const latest = useRef(0)
  const read = useCallback(
    async (cursor: string | null) => {
      const turn = ++latest.current
      if (path === null) return
      const joint = path.includes('?') ? '&' : '?'
      try {
        const query = cursor ? `${joint}cursor=${encodeURIComponent(cursor)}` : ''
        const page = await chat.request<Page<T>>('GET', path + query)
        if (turn !== latest.current) return
        setState((before) => ({
          path,
          items: cursor && before.path === path ? [...before.items, ...page.items] : page.items,
          cursor: page.nextCursor,
          isLoading: false,
          problem: null,
        }))
      } catch (error) {
        if (turn !== latest.current) return
        const problem = sentenceOf(error)
        setState((before) => ({
          ...(before.path === path ? before : nothingOf(path)),
          isLoading: false,
          problem,
        }))
      }
    },
    [chat, path],
  )
  useEffect(() => {
    read(null)
    return () => {
      latest.current += 1
    }
  }, [read])
  const shown = state.path === path ? state : nothingOf(path)
  return {
    items: shown.items,
    isLoading: shown.isLoading,
    hasMore: shown.cursor !== null,
    problem: shown.problem,
    loadMore: () => shown.cursor && read(shown.cursor),
    reload: () => read(null),
  }
}

/** Something the user does: busy while it runs, and a sentence if it fails. */
export function useAction<A extends unknown[]>(act: (...given: A) => Promise<unknown>) {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const run = async (...given: A): Promise<boolean> => {
    setBusy(true)
    setProblem(null)
    try {
      await act(...given)
      return true
    } catch (error) {
      setProblem(sentenceOf(error))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { run, isBusy, problem, clear: () => setProblem(null) }
}
