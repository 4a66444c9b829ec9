import type { Request } from 'express'

/** The part of a list that a visitor asked for. */
export type ListQuery = {
  /** The text that the entries must contain. Empty: all entries. */
  readonly search: string
  /** The number of the page, from 1. */
  readonly page: number
  /** How many entries are on a page. */
  readonly size: number
}

/** How many entries a page can have. */
export const pageSizes: readonly number[] = [3, 10, 25]

/** Reads the query of a list. Values that are not valid count as not given. */
export function readListQuery({ query }: Pick<Request, 'query'>): ListQuery {
  const { search, page, size } = query
  return {
    search: typeof search === 'string' ? search.trim().slice(0, 100) : '',
    page: typeof page === 'string' && /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
    size: pageSizes.find((one) => String(one) === size) ?? 10,
  }
}

/** A page of a list. */
export type Part<Entry> = {
  readonly entries: readonly Entry[]
  /** How many entries there are on all pages. */
  readonly total: number
  /** The number of the page, from 1. It is the last page if the visitor asked for a later one. */
  readonly page: number
  readonly pages: number
}

/** Returns a page of the entries that contain the text of the search. Case and accents do not matter. */
export function partOf<Entry extends object>(all: readonly Entry[], { search, page, size }: ListQuery): Part<Entry> {
  const wanted = fold(search)
  const found = all.filter((entry) => fold(Object.values(entry).join(' ')).includes(wanted))
  const pages = Math.max(1, Math.ceil(found.length / size))
  const actual = Math.min(page, pages)
  return { entries: found.slice((actual - 1) * size, actual * size), total: found.length, page: actual, pages }
}

const fold = (text: string) =>
  text
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '')
    .toLowerCase()
