// The visible list of text methods: one declaration here and one line in methods.cpp for each.
#pragma once
#include <pfm/selfsup/method.h>

namespace pfm {

const std::vector<Method>& text_methods();

Method albert();
Method bart();
Method bert();
Method electra();
Method gpt();
Method mass();
Method mpnet();
Method roberta();
Method simcse();
Method spanbert();
Method xlnet();

}  // namespace pfm
