// Why a sample differs, by its name; only reasons of samples that do differ are printed.

export const REASONS: Readonly<Record<string, string>> = {};
