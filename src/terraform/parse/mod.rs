//! Text back into expressions and modules.
