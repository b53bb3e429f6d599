import { useEffect, useRef, useState } from 'preact/hooks'
import { ProblemError } from '../../client/connection/problem-error'
import { sentenceOf } from './sentences'

/** Codes that say which field is wrong, by the names that fields have on this page. */
const FIELD_OF: Readonly<Record<string, string>> = {
  wrong_password: 'password',
  wrong_code: 'totp',
  username_taken: 'username',
}

interface Refusal {
  problem: string | null
  errors: Readonly<Record<string, string>>
}

const NONE: Refusal = { problem: null, errors: {} }

export interface FormState extends Refusal {
  isBusy: boolean
  onSubmit: (event: SubmitEvent) => void
  /** Shows what else was refused, such as by a button beside the form. */
  fail: (error: unknown) => void
}

/** Codes and paths of the service that are about a field of another name here. */
type Renamed = Readonly<Record<string, string>>

/** A form that says what is wrong at the field that it is about, and takes the focus there. */
export function useForm(
  act: (form: FormData, element: HTMLFormElement) => Promise<unknown>,
  renamed: Renamed = {},
): FormState {
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>(NONE)
  const element = useRef<HTMLFormElement | null>(null)
  useEffect(() => {
    if (refusal === NONE) return
    element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [refusal])
  const fail = (error: unknown) =>
    setRefusal(isCancelled(error) ? NONE : refusalOf(error, element.current, renamed))
  const submit = async (form: HTMLFormElement) => {
    setBusy(true)
    setRefusal(NONE)
    try {
      await act(new FormData(form), form)
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return {
    ...refusal,
    isBusy,
    fail,
    onSubmit: (event) => {
      event.preventDefault()
      element.current = event.currentTarget as HTMLFormElement
      if (!isBusy) submit(element.current)
    },
  }
}

/** Whether the user closed a dialog that was asked for on the way. */
export const isCancelled = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError'

/** A dialog that was closed is no failure. */
export async function orCancelled(act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!isCancelled(error)) throw error
  }
}

export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim()

/** As it was typed: spaces may be part of a password. */
export const passwordOf = (form: FormData, name = 'password'): string =>
  String(form.get(name) ?? '')

function refusalOf(error: unknown, form: HTMLFormElement | null, renamed: Renamed): Refusal {
  const sentence = sentenceOf(error)
  if (!(error instanceof ProblemError)) return { problem: sentence, errors: {} }
  const hasField = (name: string) => form?.elements.namedItem(name) != null
  const field = renamed[error.code] ?? FIELD_OF[error.code]
  if (field && hasField(field)) return { problem: null, errors: { [field]: sentence } }
  const named = (error.problem.errors ?? [])
    .map(({ path, message }) => [renamed[path] ?? path, spoken(message)] as const)
    .filter(([path]) => hasField(path))
  if (named.length === 0) return { problem: sentence, errors: {} }
  const errors = Object.fromEntries(named)
  return { problem: null, errors }
}

/** "must not be blank" → "Must not be blank." */
function spoken(message: string): string {
  const sentence = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
