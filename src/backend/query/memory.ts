// Runs a query over a small list that is in memory already (collections, settings).
import { evaluate, matches, type Subject } from './evaluate.ts';
import { Aggregation, project, type Row } from './projection.ts';
import type { Query } from './query.ts';
import { compareForSort } from './values.ts';

/** Matching items in order, cut to the page; or the rows of a projection. */
export function runInMemory<Item>(
  items: readonly Item[],
  subjectOf: (item: Item) => Subject,
  query: Query,
  now: number,
): { items: Item[] } | { rows: Row[] } {
  const { filter, order, columns, groupBy, skip, limit } = query;
  const all = items.map((item) => ({ item, subject: subjectOf(item) }));
  const found = filter ? all.filter(({ subject }) => matches(filter, subject, now)) : all;
  const end = limit === undefined ? undefined : skip + limit;
  if (query.aggregates) {
    const aggregation = new Aggregation(columns, groupBy, now);
    for (const { subject } of found) aggregation.add(subject);
    return { rows: aggregation.rows(order).slice(skip, end) };
  }
  found.sort((a, b) => {
    for (const { path, descending } of order) {
      const difference = compareForSort(
        evaluate(path, a.subject, now),
        evaluate(path, b.subject, now),
      );
      if (difference !== 0) return descending ? -difference : difference;
    }
    return 0;
  });
  const page = found.slice(skip, end);
  return columns.length === 0
    ? { items: page.map(({ item }) => item) }
    : { rows: page.flatMap(({ subject }) => project(columns, subject, now)) };
}
