import type { InputHTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps extends Omit<InputHTMLAttributes, 'label' | 'hint' | 'id'> {
  label: string
  hint?: string | undefined
  /** What is wrong with what was sent. */
  error?: string | undefined
  rows?: number
}

/** A labelled input, with a hint that is read with it. */
export function Field({ label, hint, error, rows, ...input }: FieldProps) {
  const id = useId()
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean)
  const described = {
    ...(notes.length > 0 ? { 'aria-describedby': notes.join(' ') } : {}),
    ...(error ? { 'aria-invalid': true } : {}),
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows ? (
        <textarea id={id} rows={rows} {...(input as object)} {...described} />
      ) : (
        <input id={id} {...(input as object)} {...described} />
      )}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}

/** What a form was refused for, at the place where one looks after pressing its button. */
export function FormProblem({ problem }: { problem: string | null }) {
  return (
    <p class="form-problem" role="alert">
      {problem}
    </p>
  )
}
