"""Forms: what people type, checked. They write nothing."""
