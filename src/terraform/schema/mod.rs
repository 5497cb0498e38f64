//! Provider schemas: which types there are, what they take and what they give.
