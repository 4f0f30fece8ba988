"""The baseline of the benchmarks: the sample of the blog post, deployed beside the product."""
