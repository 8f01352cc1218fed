import fc from 'fast-check';

/** The same cases in every run, so that a mutant lives or dies by the tests alone; a mutant needs no smallest case. */
fc.configureGlobal({ seed: 1, endOnFailure: true });
